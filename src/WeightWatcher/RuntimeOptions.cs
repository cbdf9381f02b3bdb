using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher;

/// <summary>What a policy asks of a model when it runs in ONNX Runtime. Immutable; docs/runtime.md describes it.</summary>
public sealed record RuntimeOptions
{
    /// <summary>How much it weighs that ONNX Runtime refuses the model.</summary>
    public Severity Loads { get; init; } = Severity.Error;

    /// <summary>How much an output that is NaN or infinite weighs.</summary>
    public Severity FiniteOutputs { get; init; } = Severity.Error;

    /// <summary>How much outputs that left the baseline's too far weigh; applies where <see cref="MaxOutputDrift"/> is given.</summary>
    public Severity OutputDrift { get; init; } = Severity.Error;

    /// <summary>The largest difference from the baseline's outputs, relative to their largest magnitude: 0.01 for 1 %; null when outputs are not compared.</summary>
    public double? MaxOutputDrift { get; init; }

    /// <summary>What it means that the artifact is no ONNX model.</summary>
    public WhenNotApplicable WhenNotApplicable { get; init; }

    /// <summary>The seed of the inputs.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>On how many sets of inputs the model runs, at least 1.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>The most time for loading and running the model and its baseline.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most resident memory of the process in which the model runs, in bytes; null for half of the machine's.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>What is known of inputs.</summary>
    public ImmutableArray<RuntimeInput> Inputs { get; init; } = [];

    /// <summary>The sizes of symbolic dimensions, by name.</summary>
    public ImmutableArray<KeyValuePair<string, long>> Dimensions { get; init; } = [];

    /// <summary>Where the section stands in the policy.</summary>
    internal RulePattern? At { get; init; }

    /// <summary>Whether outputs are compared with those of a baseline.</summary>
    public bool ComparesOutputs => MaxOutputDrift is not null && OutputDrift != Severity.Off;

    /// <summary>Everything that decides what a run gives: two options of the same signature run a model in the same way.</summary>
    internal string Signature
    {
        get
        {
            IEnumerable<string> inputs = Inputs.Select(input => string.Create(CultureInfo.InvariantCulture, $"{input.Name}:{(input.HasShape ? string.Join(',', input.Shape) : "model")}:{input.Min}:{input.Max}:{input.Value}"));
            IEnumerable<string> sizes = Dimensions.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Key}={size.Value}"));
            return string.Create(CultureInfo.InvariantCulture, $"run={NeedsRun};compare={ComparesOutputs};seed={Seed};runs={(NeedsRun ? Runs : 0)};inputs={string.Join('|', inputs)};dimensions={string.Join('|', sizes)}");
        }
    }

    /// <summary>Whether the model runs, or is only loaded.</summary>
    internal bool NeedsRun => FiniteOutputs != Severity.Off || ComparesOutputs;

    /// <summary>False when every check is off.</summary>
    internal bool IsOn => Loads != Severity.Off || NeedsRun;

    /// <summary>How much it weighs that no check can be made: as much as the weightiest of them.</summary>
    internal Severity Heaviest => (Severity)Math.Max((int)Loads, Math.Max((int)FiniteOutputs, ComparesOutputs ? (int)OutputDrift : 0));
}

/// <summary>What a policy says of one input of a model.</summary>
/// <param name="Name">The name of the input; case matters.</param>
public sealed record RuntimeInput(string Name)
{
    /// <summary>The shape, or an empty array for that of the model.</summary>
    public ImmutableArray<long> Shape { get; init; } = [];

    /// <summary>True when <see cref="Shape"/> is given, which may be that of a scalar.</summary>
    public bool HasShape { get; init; }

    /// <summary>The smallest value, or null for the default of the type.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value, inclusive; given when <see cref="Min"/> is.</summary>
    public double? Max { get; init; }

    /// <summary>What every element is, as it is written in the policy; null for random values.</summary>
    public string? Value { get; init; }
}
