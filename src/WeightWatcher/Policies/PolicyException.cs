using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Codes;

namespace WeightWatcher;

/// <summary>A policy file cannot be used. Always <c>WWG3xxx</c> codes; nothing was judged.</summary>
public sealed class PolicyException : CodedException
{
    internal PolicyException(string? path, string name, ImmutableArray<PolicyFault> faults, Exception? innerException = null)
        : base(faults[0].Code, Describe(name, faults), innerException)
    {
        Path = path;
        Faults = faults;
    }

    /// <summary>The full path of the policy file, or null for text that is in no file.</summary>
    public string? Path { get; }

    /// <summary>Everything that is wrong, at least one, in the order of the file.</summary>
    public ImmutableArray<PolicyFault> Faults { get; }

    private static string Describe(string name, ImmutableArray<PolicyFault> faults)
    {
        PolicyFault first = faults[0];
        string more = faults.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {faults.Length - 1} more)");
        return string.Create(CultureInfo.InvariantCulture, $"{name}, line {first.Line}, column {first.Column}: {first.Message}{more}");
    }
}
