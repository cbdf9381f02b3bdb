using System.Collections.Immutable;
using WeightWatcher.Execution;

namespace WeightWatcher;

/// <summary>
/// Where the native library of ONNX Runtime may be. It always comes from the user: no package of this project brings one. Nothing is looked for, and nothing loaded,
/// unless a policy asks for <c>runtime:</c>.
/// </summary>
public sealed record OnnxRuntimeLocation
{
    /// <summary>The variable that names the library, or a folder that holds it.</summary>
    public const string Variable = "WEIGHTWATCHER_ONNXRUNTIME_PATH";

    /// <summary>The file or folder that the user named, a full path; it alone counts then. Null when the user named none.</summary>
    public string? Named { get; init; }

    /// <summary>What <see cref="Named"/> was named by, for messages.</summary>
    public string NamedBy { get; init; } = Variable;

    /// <summary>Full paths of files and folders in which the library may be, the best first.</summary>
    public ImmutableArray<string> Candidates { get; init; } = [];

    /// <summary>What to do when there is none, one sentence.</summary>
    public string HowToAdd { get; init; } = $"Reference the package Microsoft.ML.OnnxRuntime in this project, or name the library with the variable {Variable}";

    /// <summary>Where this process would find it: the variable <c>WEIGHTWATCHER_ONNXRUNTIME_PATH</c>, the folder of the program with its <c>runtimes</c>, and where its packages' native assets are.</summary>
    public static OnnxRuntimeLocation OfProcess => new()
    {
        Named = Environment.GetEnvironmentVariable(Variable) is { } named && !string.IsNullOrWhiteSpace(named) ? Path.GetFullPath(named.Trim()) : null,
        Candidates =
        [
            AppContext.BaseDirectory,
            .. (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ],
    };

    /// <summary>The full path of the library, or null.</summary>
    public string? Find() => Named is not null ? OnnxRuntimeLibrary.At(Named) : OnnxRuntimeLibrary.First(Candidates);
}
