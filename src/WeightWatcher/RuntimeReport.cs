using System.Collections.Immutable;
using WeightWatcher.Execution;

namespace WeightWatcher;

/// <summary>What became of a model in ONNX Runtime. Immutable.</summary>
public sealed record RuntimeReport
{
    /// <summary>The version of ONNX Runtime, or null when none was loaded.</summary>
    public string? Version { get; init; }

    /// <summary>True when ONNX Runtime took the model.</summary>
    public bool Loaded => Version is not null && Fault is ExecutionFault.None or ExecutionFault.InputNotMade or ExecutionFault.NotRun or ExecutionFault.OutputNotRead;

    /// <summary>The seed of the inputs.</summary>
    public ulong Seed { get; init; }

    /// <summary>On how many sets of inputs the model ran.</summary>
    public int Runs { get; init; }

    /// <summary>The inputs that were made, in the order of the model.</summary>
    public ImmutableArray<RuntimeTensor> Inputs { get; init; } = [];

    /// <summary>The outputs of all runs, in the order of the model.</summary>
    public ImmutableArray<RuntimeOutput> Outputs { get; init; } = [];

    /// <summary>The largest drift of an output from the baseline's, relative to the largest magnitude there; null when nothing was compared.</summary>
    public double? OutputDrift => Outputs.Max(output => output.Drift);

    /// <summary>What ended the checks, or <see cref="ExecutionFault.None"/>.</summary>
    internal ExecutionFault Fault { get; init; }

    /// <summary>Details of <see cref="Fault"/>.</summary>
    internal string Message { get; init; } = "";

    /// <summary>What ended the comparison, or <see cref="ExecutionFault.None"/>.</summary>
    internal ExecutionFault BaselineFault { get; init; }

    /// <summary>Details of <see cref="BaselineFault"/>.</summary>
    internal string BaselineMessage { get; init; } = "";

    /// <summary>What the policy names and the model does not have: <c>input x</c>, <c>dimension y</c>.</summary>
    internal ImmutableArray<string> Unused { get; init; } = [];

    /// <summary>What the run was told, so that a policy does not judge the run of another.</summary>
    internal RuntimeOptions? Options { get; init; }

    /// <summary>The full path of the native library with which the model ran, or null. Not part of written reports.</summary>
    public string? LibraryPath { get; init; }

    /// <summary>What ONNX Runtime and its process said, a line each. Not part of written reports.</summary>
    public ImmutableArray<string> Log { get; init; } = [];

    /// <summary>False when the same files may fare otherwise another time: the time or the memory was used up, or a process crashed.</summary>
    internal bool IsRepeatable => IsSteady(Fault) && IsSteady(BaselineFault);

    private static bool IsSteady(ExecutionFault fault) =>
        fault is not (ExecutionFault.LibraryMissing or ExecutionFault.LibraryUnusable or ExecutionFault.LibraryVersion or ExecutionFault.WorkerFailed or ExecutionFault.TimedOut or ExecutionFault.OutOfMemory or ExecutionFault.Crashed);
}

/// <summary>A tensor that went into a model.</summary>
/// <param name="Name">The name of the input.</param>
/// <param name="Type">The element type, for example <c>float</c>, <c>int64</c>.</param>
/// <param name="Shape">The shape.</param>
public sealed record RuntimeTensor(string Name, string Type, ImmutableArray<long> Shape);

/// <summary>A tensor that came out of a model, over all runs.</summary>
/// <param name="Name">The name of the output, with the place in it where it is a sequence or a map.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The shape in the first run.</param>
/// <param name="NonFinite">How many elements are NaN or infinite.</param>
/// <param name="MaxAbs">The largest magnitude of a finite element; 0 for text.</param>
/// <param name="Drift">
/// The largest difference from the baseline over the largest finite magnitude there; infinite where the model is NaN, where one of the two is infinite and the other is not that
/// infinity, and where the baseline is all zero and the model is not; null when nothing was compared.
/// </param>
public sealed record RuntimeOutput(string Name, string Type, ImmutableArray<long> Shape, long NonFinite, double MaxAbs, double? Drift)
{
    /// <summary>How many elements there are.</summary>
    public long Elements { get; init; }

    /// <summary>The index of the first element that is NaN or infinite, in row-major order within its run; or null.</summary>
    public long? FirstNonFinite { get; init; }

    /// <summary>Why <see cref="Drift"/> is infinite, or null when it is not.</summary>
    internal string? WithoutBound { get; init; }
}
