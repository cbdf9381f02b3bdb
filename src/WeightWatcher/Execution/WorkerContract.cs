using System.Text.Json.Serialization;

namespace WeightWatcher.Execution;

// The worker compiles this file too: what both sides must agree on stands here and nowhere else.

/// <summary>What the worker is to do with a model.</summary>
internal sealed record WorkerRequest
{
    /// <summary>The full path of the native library of ONNX Runtime.</summary>
    public required string Library { get; init; }

    /// <summary>The full path of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The full path of the model whose outputs are compared, or null.</summary>
    public string? Baseline { get; init; }

    /// <summary>Whether the model is run, or only loaded.</summary>
    public required bool Run { get; init; }

    /// <summary>How many sets of inputs it is run on.</summary>
    public required int Runs { get; init; }

    /// <summary>The seed of the inputs.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What is known of inputs, by name.</summary>
    public required IReadOnlyList<WorkerInput> Inputs { get; init; }

    /// <summary>The sizes of symbolic dimensions, by name.</summary>
    public required IReadOnlyDictionary<string, long> Dimensions { get; init; }
}

/// <summary>What is known of one input.</summary>
internal sealed record WorkerInput
{
    /// <summary>The name of the input.</summary>
    public required string Name { get; init; }

    /// <summary>Its shape, or null for that of the model.</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>The smallest value, or null for the default of the type; given together with <see cref="Max"/>.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value, inclusive.</summary>
    public double? Max { get; init; }

    /// <summary>What every element is, or null for random values.</summary>
    public string? Value { get; init; }
}

/// <summary>How far a worker came. Written before each step, so that a step which ends the process is known.</summary>
internal enum WorkerStage
{
    /// <summary>The process starts.</summary>
    Start,

    /// <summary>The native library is loaded.</summary>
    Library,

    /// <summary>The model is loaded.</summary>
    Load,

    /// <summary>Inputs are made.</summary>
    Inputs,

    /// <summary>The model runs.</summary>
    Run,

    /// <summary>The baseline is loaded.</summary>
    BaselineLoad,

    /// <summary>The baseline runs.</summary>
    BaselineRun,
}

/// <summary>What the worker found.</summary>
internal sealed record WorkerAnswer
{
    /// <summary>False for what was found before the comparison with a baseline, which follows.</summary>
    public bool IsFinal { get; init; } = true;

    /// <summary>The version of the native library, or null when it was not loaded.</summary>
    public string? Version { get; init; }

    /// <summary>What ended the work on the model.</summary>
    public ExecutionFault Fault { get; init; }

    /// <summary>Details of <see cref="Fault"/>.</summary>
    public string Message { get; init; } = "";

    /// <summary>What ended the comparison.</summary>
    public ExecutionFault BaselineFault { get; init; }

    /// <summary>Details of <see cref="BaselineFault"/>.</summary>
    public string BaselineMessage { get; init; } = "";

    /// <summary>The inputs that were made, in the order of the model.</summary>
    public IReadOnlyList<WorkerValue> Inputs { get; init; } = [];

    /// <summary>The outputs of all runs, in the order of the model.</summary>
    public IReadOnlyList<WorkerOutput> Outputs { get; init; } = [];

    /// <summary>Names of the request that the model does not have: <c>input x</c>, <c>dimension y</c>.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>What ONNX Runtime said.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];
}

/// <summary>A tensor that goes in.</summary>
internal sealed record WorkerValue(string Name, string Type, IReadOnlyList<long> Shape);

/// <summary>A tensor that comes out, over all runs.</summary>
/// <param name="Name">The name of the output, with the place in it where it is a sequence or a map.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The shape in the first run.</param>
/// <param name="Elements">How many elements all runs gave.</param>
/// <param name="NonFinite">How many of them are NaN or infinite.</param>
/// <param name="FirstNonFinite">Where the first of these is: its index in row-major order within its run, or null.</param>
/// <param name="MaxAbs">The largest magnitude of a finite element; 0 for text.</param>
/// <param name="Drift">The largest difference from the baseline over the baseline's largest magnitude, or null when nothing was compared.</param>
internal sealed record WorkerOutput(string Name, string Type, IReadOnlyList<long> Shape, long Elements, long NonFinite, long? FirstNonFinite, double MaxAbs, double? Drift)
{
    /// <summary>Why <see cref="Drift"/> is infinite, or null when it is not.</summary>
    public string? WithoutBound { get; init; }
}

/// <summary>Why a check in ONNX Runtime could not be made, or failed.</summary>
internal enum ExecutionFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The artifact is no ONNX model.</summary>
    NotOnnx,

    /// <summary>No native library of ONNX Runtime was found.</summary>
    LibraryMissing,

    /// <summary>The native library cannot be loaded.</summary>
    LibraryUnusable,

    /// <summary>The native library is of a version that the managed one does not work with.</summary>
    LibraryVersion,

    /// <summary>The worker could not be started, or did not answer as it should.</summary>
    WorkerFailed,

    /// <summary>ONNX Runtime refuses the model.</summary>
    NotLoaded,

    /// <summary>The model uses operators that only an extension library has.</summary>
    UnknownOperator,

    /// <summary>An input cannot be made.</summary>
    InputNotMade,

    /// <summary>ONNX Runtime stops with an error while it runs the model.</summary>
    NotRun,

    /// <summary>An output is of a kind that is not looked into.</summary>
    OutputNotRead,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>The memory was used up.</summary>
    OutOfMemory,

    /// <summary>The native code ended the process.</summary>
    Crashed,

    /// <summary>The baseline is a file of measurements, without a graph.</summary>
    NoGraph,

    /// <summary>The models have not the same inputs.</summary>
    OtherInputs,

    /// <summary>The model lacks an output of the baseline, or gives it in another shape or type.</summary>
    OtherOutputs,

    /// <summary>The model gives other outputs when it runs again on the same inputs.</summary>
    NotDeterministic,

    /// <summary>The baseline's outputs are NaN.</summary>
    BaselineNotFinite,
}

/// <summary>How the two sides write it down: a line each on the worker's standard input and output.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(WorkerAnswer))]
internal sealed partial class WorkerJson : JsonSerializerContext
{
    /// <summary>What a line of the worker begins with that says how far it is.</summary>
    public const string StageMark = "@weightwatcher stage ";

    /// <summary>What the line of the worker begins with that holds the answer.</summary>
    public const string AnswerMark = "@weightwatcher answer ";
}
