using System.Collections.Immutable;
using WeightWatcher.Execution;

namespace WeightWatcher;

/// <summary>Runs a model that was read, as a policy asks, and a baseline beside it. What goes wrong is part of the result.</summary>
internal static class RuntimeChecks
{
    private const string WorkerFolder = "onnx-worker", WorkerFile = "WeightWatcher.Worker.dll";

    /// <summary>The worker's assembly: beside the core, where packages and builds put it, or beside the program.</summary>
    public static string WorkerPath { get; } =
        new[] { Path.GetDirectoryName(typeof(RuntimeChecks).Assembly.Location) ?? "", AppContext.BaseDirectory }
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, WorkerFolder, WorkerFile)).OrderByDescending(File.Exists).First();

    /// <summary>Makes the checks.</summary>
    /// <param name="options">What the policy asks for.</param>
    /// <param name="model">The artifact, which our own reader has taken: its external data lie in its folder.</param>
    /// <param name="baseline">What outputs are compared with, or null when there is none.</param>
    /// <param name="location">Where the native library may be.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>What became of the model, and the files that decided it beside those of the model and the baseline.</returns>
    public static (RuntimeReport Report, ImmutableArray<string> Files) Run(
        RuntimeOptions options, ArtifactInfo model, RuntimeBaseline? baseline, OnnxRuntimeLocation location, CancellationToken cancellationToken)
    {
        RuntimeReport report = new() { Seed = options.Seed, Runs = options.NeedsRun ? options.Runs : 0, Options = options };
        if (model.Format != "onnx")
            return (report with { Fault = ExecutionFault.NotOnnx, Message = $"it is {model.Format}, not ONNX" }, []);
        if (location.Find() is not { } library)
        {
            string where = location.Named is { } named ? $"{location.NamedBy} names '{named}', where there is no {OnnxRuntimeLibrary.FileName}. " : "";
            return (report with { Fault = ExecutionFault.LibraryMissing, Message = where + location.HowToAdd }, []);
        }

        bool compares = options.ComparesOutputs && baseline is not null;
        if (compares && baseline!.Format is null)
            report = report with { BaselineFault = ExecutionFault.NoGraph, BaselineMessage = "it holds measurements and no graph that could run" };
        else if (compares && baseline!.Format != "onnx")
            report = report with { BaselineFault = ExecutionFault.NotOnnx, BaselineMessage = $"it is {baseline.Format}, not ONNX" };
        WorkerRequest request = new()
        {
            Library = library,
            Model = model.Files[0],
            Baseline = compares && report.BaselineFault == ExecutionFault.None ? baseline!.Path : null,
            Run = options.NeedsRun,
            Runs = options.Runs,
            Seed = options.Seed,
            Inputs = [.. options.Inputs.Select(input => new WorkerInput { Name = input.Name, Shape = input.HasShape ? [.. input.Shape] : null, Min = input.Min, Max = input.Max, Value = input.Value })],
            Dimensions = options.Dimensions.ToDictionary(StringComparer.Ordinal),
        };
        long memory = options.MaxMemory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        WorkerAnswer answer = WorkerProcess.Run(WorkerPath, request, options.Timeout, memory, cancellationToken);
        return (report with
        {
            Version = answer.Version,
            LibraryPath = library,
            Fault = answer.Fault,
            Message = answer.Fault is ExecutionFault.LibraryUnusable or ExecutionFault.LibraryVersion ? $"'{library}': {answer.Message}" : answer.Message,
            BaselineFault = report.BaselineFault != ExecutionFault.None ? report.BaselineFault : answer.BaselineFault,
            BaselineMessage = report.BaselineFault != ExecutionFault.None ? report.BaselineMessage : answer.BaselineMessage,
            Inputs = [.. answer.Inputs.Select(input => new RuntimeTensor(input.Name, input.Type, [.. input.Shape]))],
            Outputs =
            [
                .. answer.Outputs.Select(output => new RuntimeOutput(output.Name, output.Type, [.. output.Shape], output.NonFinite, output.MaxAbs, output.Drift)
                {
                    Elements = output.Elements,
                    FirstNonFinite = output.FirstNonFinite,
                    WithoutBound = output.WithoutBound,
                }),
            ],
            Unused = [.. answer.Unused],
            Log = [.. answer.Log],
        }, [library, WorkerPath]);
    }
}

/// <summary>The model whose outputs are the measure.</summary>
/// <param name="Path">The full path of its file, or empty for a baseline file.</param>
/// <param name="Format">Its format; null for a baseline file, which holds no graph.</param>
internal sealed record RuntimeBaseline(string Path, string? Format);
