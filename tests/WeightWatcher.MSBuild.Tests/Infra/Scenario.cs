using System.Text.Json;

namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>A throw-away project that uses the packed package.</summary>
internal sealed class Scenario(string folder) : IDisposable
{
    /// <summary>The usual item.</summary>
    public const string OneModel = """<ItemGroup><WeightWatcherModel Include="model.safetensors" /></ItemGroup>""";

    private static readonly string[] Quiet = ["--no-restore", "-v:m", "-tl:off", "-nodeReuse:false", "-clp:NoSummary"];

    /// <summary>The folder of the project.</summary>
    public string Folder => folder;

    /// <summary>The intermediate folder of the usual build.</summary>
    public string Intermediate => Path.Combine(folder, "obj", "Debug", "net10.0");

    /// <summary>The record of the usual build.</summary>
    public string Record => Path.Combine(Intermediate, "weightwatcher.gate.json");

    /// <summary>The full path of a file.</summary>
    public string File(string name) => Path.Combine(folder, name);

    /// <summary>Writes a file.</summary>
    public Scenario With(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllBytes(File(name), content);
        return this;
    }

    /// <summary>Writes a file.</summary>
    public Scenario With(string name, string content) => With(name, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Builds.</summary>
    public Task<BuildResult> Build(params string[] arguments) => DotNet.Run(folder, ["build", .. Quiet, .. arguments]);

    /// <summary>Builds with variables.</summary>
    public Task<BuildResult> Build(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        DotNet.Run(folder, ["build", .. Quiet, .. arguments], environment);

    /// <summary>Runs another command of the SDK on the project.</summary>
    public Task<BuildResult> Run(string command, params string[] arguments) =>
        DotNet.Run(folder, [command, "-v:m", "-tl:off", "-nodeReuse:false", .. arguments]);

    /// <summary>Builds and interrupts.</summary>
    public Task<BuildResult> BuildAndInterrupt(Func<bool> when, TimeSpan atMost) => DotNet.RunAndInterrupt(folder, ["build", .. Quiet], when, atMost);

    /// <summary>The report of an artifact, parsed.</summary>
    public JsonElement Report(string artifact = "model.safetensors", string? directory = null)
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(ReportPath(artifact, directory)));
        return document.RootElement.Clone();
    }

    /// <summary>Where the report of an artifact is.</summary>
    public string ReportPath(string artifact = "model.safetensors", string? directory = null) =>
        Path.Combine(directory ?? Path.Combine(Intermediate, "weightwatcher"), artifact + ".report.json");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
