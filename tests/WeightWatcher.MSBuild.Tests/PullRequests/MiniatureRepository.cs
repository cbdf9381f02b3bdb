using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.PullRequests;

/// <summary>A repository with a project that ships a model, one that tests it, and an origin; by real git, <c>dotnet build</c> and <c>dotnet test</c>.</summary>
internal sealed class MiniatureRepository : IDisposable
{
    private const string Isolated = "<Project />";

    private readonly string _folder;
    private readonly Page _page;

    private MiniatureRepository(string folder, Page page)
    {
        _folder = folder;
        _page = page;
        Root = Path.Combine(folder, "repository");
    }

    /// <summary>The work tree.</summary>
    public string Root { get; }

    /// <summary>The baseline file.</summary>
    public string Baseline => Path.Combine(Root, "app", "baselines", "net.safetensors.wwbaseline.json");

    /// <summary>Makes the repository, without the gate.</summary>
    public static async Task<MiniatureRepository> Create(PackageFixture packages, Page page)
    {
        await packages.PackAssertions();
        MiniatureRepository repository = new(packages.NewFolder(), page);
        string origin = Path.Combine(repository._folder, "origin.git");
        Directory.CreateDirectory(repository.Root);
        Shell.Git(repository._folder, "init", "-q", "--bare", "-b", "main", origin);
        Shell.Git(repository.Root, "init", "-q", "-b", "main");
        Shell.Git(repository.Root, "remote", "add", "origin", origin);
        Shell.Git(repository.Root, "config", "user.name", "Team");
        Shell.Git(repository.Root, "config", "user.email", "team@example.com");
        repository.Write("Directory.Build.props", Isolated).Write("Directory.Build.targets", Isolated).Write("Directory.Packages.props", Isolated)
            .Write(".gitignore", "bin/\nobj/\n.cache/\n")
            .Write("NuGet.config", $"""
                <configuration>
                  <config><add key="globalPackagesFolder" value="{Path.Combine(repository._folder, "packages")}" /></config>
                  <packageSources><clear /><add key="feed" value="{Path.GetDirectoryName(packages.Package)}" /></packageSources>
                  <fallbackPackageFolders><clear /><add key="machine" value="{PackageFixture.MachinePackages}" /></fallbackPackageFolders>
                </configuration>
                """)
            .Write("weightwatcher.yml", page.Blocks("A gated repository", "yaml").Single())
            .Write("app/app.csproj", App(page.Blocks("A gated repository", "xml").Single()))
            .Write("tests/tests.csproj", Tests(page.Blocks("In tests", "xml").Single()))
            .Write("tests/ModelTests.cs", $"public sealed class ModelTests\n{{\n{page.Blocks("In tests", "csharp").Single()}\n}}\n");
        return repository;
    }

    /// <summary>Writes a text file.</summary>
    public MiniatureRepository Write(string name, string text)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>Puts a model in the place of the one that is shipped.</summary>
    public void Train(byte[] model)
    {
        Directory.CreateDirectory(Path.Combine(Root, "app", "models"));
        File.WriteAllBytes(Path.Combine(Root, "app", "models", "net.safetensors"), model);
    }

    /// <summary>Starts a branch from the main one.</summary>
    public void Branch(string name) => Shell.Git(Root, "checkout", "-q", "-b", name, "main");

    /// <summary>Runs git.</summary>
    public string Git(params string[] arguments) => Shell.Git(Root, arguments);

    /// <summary>Runs the commands of a section of the page, each of which must succeed unless it is the one that must fail.</summary>
    public async Task<IReadOnlyList<BuildResult>> Follow(string section, int? fails = null)
    {
        List<BuildResult> results = [];
        foreach (string command in _page.Commands(section))
        {
            BuildResult result = await Run(command);
            results.Add(results.Count == fails ? result.Fails() : result.Succeeds());
        }

        return results;
    }

    /// <summary>Runs one command line.</summary>
    public Task<BuildResult> Run(string command, IReadOnlyDictionary<string, string>? environment = null) =>
        Shell.Run(Root, command, new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["MSBUILDTERMINALLOGGER"] = "off" });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
            File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The project that ships the model.</summary>
    public static string App(string items) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <UseSharedCompilation>false</UseSharedCompilation>
          </PropertyGroup>
        {items}
        </Project>
        """;

    private static string Tests(string items)
    {
        string packages = string.Concat(new[] { "Microsoft.NET.Test.Sdk", "xunit.v3", "xunit.runner.visualstudio" }
            .Select(package => $"""<PackageReference Include="{package}" Version="{PackageFixture.VersionOf(package)}" />"""));
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <IsTestingPlatformApplication>false</IsTestingPlatformApplication>
                <UseSharedCompilation>false</UseSharedCompilation>
              </PropertyGroup>
              <ItemGroup>
                {packages}<PackageReference Include="WeightWatcher.Assertions.XunitV3" Version="1.0.0" />
                <Using Include="Xunit" />
              </ItemGroup>
            {items}
            </Project>
            """;
    }
}
