using System.Reflection;

namespace WeightWatcher.Assertions.Tests;

/// <summary>
/// A folder outside of the repository with a feed of the packed packages, a package folder of its own, and the test projects that the
/// scenarios run; one for the whole test run. Restored once, and each project is built and run at most once.
/// </summary>
public sealed class Workspace : IAsyncLifetime
{
    private static readonly string[] Packed = ["WeightWatcher", "WeightWatcher.Assertions", "WeightWatcher.Assertions.XunitV3"];

    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-assertions-").FullName;
    private readonly Dictionary<Runner, Task<TestRun>> _runs = [];
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>A version that no other feed has.</summary>
    public string Version { get; } = $"1.0.0-scenario.{DateTime.UtcNow.Ticks}";

    /// <summary>Where the packages lie.</summary>
    public string Feed => Path.Combine(_folder, "feed");

    private string Packages => Path.Combine(_folder, "packages");

    public async ValueTask InitializeAsync()
    {
        foreach (string package in Packed)
        {
            await Dotnet(
                RepositoryFiles.Root, "pack", $"src/{package}", "--no-build", "-c", Configuration, "-o", Feed, $"-p:Version={Version}", "-p:EnablePackageValidation=false");
        }

        WriteShared();
        WriteProject("XunitV2", ProjectText.XunitV2(Version, "../Consumer/ModelScenarios.cs"));
        WriteProject("XunitV3", ProjectText.XunitV3(Version, "../Consumer/ModelScenarios.cs", "../Consumer/FailureCauses.cs"));
        WriteProject("XunitV3Platform", ProjectText.XunitV3Platform(Version, "../Consumer/ModelScenarios.cs", "../Consumer/FailureCauses.cs"));
        WriteProject("EarlierLanguage", ProjectText.XunitV2(Version, "../Consumer/EarlierLanguage.cs").Replace("<Nullable>", "<LangVersion>12</LangVersion><Nullable>", StringComparison.Ordinal));
        WriteProject("V2PackageBesideV3", ProjectText.Mixed("WeightWatcher.Assertions", Version, "xunit.v3.extensibility.core", "xunit.v3.assert"));
        WriteProject("V3PackageBesideV2", ProjectText.Mixed("WeightWatcher.Assertions.XunitV3", Version, "xunit.extensibility.core", "xunit.assert"));
        WriteProject("V3PackageBesideEarlierV3", ProjectText.EarlierXunitV3(Version));
        File.WriteAllText(
            Path.Combine(_folder, "XunitV3Platform", "global.json"),
            """{ "test": { "runner": "Microsoft.Testing.Platform" } }""");
        CopyExample();
        await Dotnet(_folder, "restore", "All.slnx", "-v", "q");
    }

    /// <summary>The results of the scenarios under a runner.</summary>
    internal Task<TestRun> Run(Runner runner)
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(runner, out Task<TestRun>? run))
                _runs[runner] = run = RunProject(runner.ToString());
            return run;
        }
    }

    /// <summary>Builds a project of the workspace and runs its tests.</summary>
    internal async Task<TestRun> RunProject(string project)
    {
        await _oneAtATime.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            string at = Path.Combine(_folder, project);
            string results = Path.Combine(at, "results");
            await Dotnet(at, "build", "--no-restore", "-v", "q", "-tl:off");
            string[] report = project == nameof(Runner.XunitV3Platform)
                ? ["--report-xunit-trx", "--report-xunit-trx-filename", "run.trx"]
                : ["--logger", "trx;LogFileName=run.trx"];
            DotnetResult run = await DotnetCommand.Run(at, Packages, ["test", "--no-build", "--results-directory", results, .. report]);
            return TestRun.Read(Path.Combine(results, "run.trx"), run.Output);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Builds a project of the workspace, whatever comes of it.</summary>
    internal Task<DotnetResult> Build(string project) =>
        DotnetCommand.Run(Path.Combine(_folder, project), Packages, "build", "--no-restore", "-v", "q", "-tl:off");

    /// <summary>The lines of a file that the tests of a project wrote into their output folder.</summary>
    internal string[] OutputLines(string project, string file) =>
        File.ReadAllLines(Directory.EnumerateFiles(Path.Combine(_folder, project, "bin"), file, SearchOption.AllDirectories).Single());

    /// <summary>The output folder of a project's tests.</summary>
    internal string OutputFolder(string project) =>
        Path.GetDirectoryName(Directory.EnumerateFiles(Path.Combine(_folder, project, "bin"), "structure.yml", SearchOption.AllDirectories).Single())!;

    public ValueTask DisposeAsync()
    {
        _oneAtATime.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Configuration =>
        typeof(Workspace).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private async Task Dotnet(string at, params string[] arguments) => (await DotnetCommand.Run(at, Packages, arguments)).ThrowIfFailed();

    private void WriteShared()
    {
        ConsumerFiles.Write(Directory.CreateDirectory(Path.Combine(_folder, "assets")).FullName);
        string consumer = Directory.CreateDirectory(Path.Combine(_folder, "Consumer")).FullName;
        foreach (string source in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Consumer")))
            File.Copy(source, Path.Combine(consumer, Path.GetFileName(source)));
        File.WriteAllText(Path.Combine(_folder, "NuGet.config"), ProjectText.NuGetConfig);
        File.WriteAllText(Path.Combine(_folder, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(_folder, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(_folder, "Directory.Packages.props"), "<Project />");
        File.Copy(Path.Combine(RepositoryFiles.Root, "global.json"), Path.Combine(_folder, "global.json"));
        File.WriteAllText(Path.Combine(_folder, "All.slnx"), "<Solution />");
    }

    /// <summary>The example of the repository, as it stands, with the package in the place of the source.</summary>
    private void CopyExample()
    {
        string examples = Directory.CreateDirectory(Path.Combine(_folder, "examples")).FullName;
        foreach (string part in new[] { "assert-in-tests", "models" })
        {
            Directory.CreateDirectory(Path.Combine(examples, part));
            foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "examples", part)))
                File.Copy(file, Path.Combine(examples, part, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(examples, "Directory.Build.props"), ProjectText.ExampleProperties);
        File.WriteAllText(
            Path.Combine(examples, "Directory.Packages.props"),
            File.ReadAllText(Path.Combine(RepositoryFiles.Root, "Directory.Packages.props"))
                .Replace("</Project>", ProjectText.ExamplePackage(Version) + "</Project>", StringComparison.Ordinal));
        AddToSolution("examples/assert-in-tests/AssertInTests.csproj");
    }

    private void WriteProject(string name, string text)
    {
        string path = $"{name}/{name}.csproj";
        Directory.CreateDirectory(Path.Combine(_folder, name));
        File.WriteAllText(Path.Combine(_folder, path), text);
        AddToSolution(path);
    }

    private void AddToSolution(string path)
    {
        string solution = Path.Combine(_folder, "All.slnx");
        string projects = File.ReadAllText(solution).Replace("<Solution />", "<Solution></Solution>", StringComparison.Ordinal);
        File.WriteAllText(solution, projects.Replace("</Solution>", $"<Project Path=\"{path}\" /></Solution>", StringComparison.Ordinal));
    }
}
