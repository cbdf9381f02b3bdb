using System.Collections.Immutable;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>Collects what is wrong with a policy, so that one run shows all of it.</summary>
internal sealed class FaultList
{
    /// <summary>The most faults that are kept; a file with more is no policy, and the rest would say nothing new.</summary>
    public const int Limit = 100;

    private readonly List<PolicyFault> _faults = [];

    public bool Any => _faults.Count > 0;

    public int Count => _faults.Count;

    public void Add(DiagnosticCode code, PolicyNode at, string message) => Add(code, at.Line, at.Column, message);

    public void Add(DiagnosticCode code, int line, int column, string message)
    {
        if (_faults.Count < Limit)
            _faults.Add(new PolicyFault(code, Math.Max(1, line), Math.Max(1, column), message));
    }

    /// <summary>The faults in the order of the file; of one place in the order in which they were found.</summary>
    public ImmutableArray<PolicyFault> InFileOrder() => [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];
}
