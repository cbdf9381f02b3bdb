using System.Reflection;
using System.Xml.Linq;
using WeightWatcher.MSBuild.Tests.Infra;

[assembly: AssemblyFixture(typeof(PackageFixture))]

namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>Packs the package once into a feed of its own, and restores once for each shape of project that scenarios use.</summary>
public sealed class PackageFixture : IAsyncLifetime
{
    private static readonly string Configuration = typeof(PackageFixture).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private readonly SemaphoreSlim _packing = new(1);
    private readonly string _root = Directory.CreateTempSubdirectory("weightwatcher-msbuild-").FullName;

    /// <summary>The packed package.</summary>
    public string Package => Directory.GetFiles(Path.Combine(_root, "feed"), "WeightWatcher.MSBuild.*.nupkg").Single();

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = RepositoryRoot();

    /// <summary>The folder of the task as the repository has built it.</summary>
    public static string BuiltTasks { get; } = Path.Combine(Repository, "artifacts", "tasks", Configuration.ToLowerInvariant()) + Path.DirectorySeparatorChar;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string project = Path.Combine(Repository, "src", "WeightWatcher.MSBuild", "WeightWatcher.MSBuild.csproj");
        (await DotNet.Run(_root, ["pack", project, "--no-build", "-c", Configuration, "-o", Path.Combine(_root, "feed"), "-tl:off", "-v:q"])).Succeeds();
        // Nothing above this folder and nothing of the machine takes part in the scenarios.
        File.WriteAllText(Path.Combine(_root, "NuGet.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_root, "packages")}" /></config>
              <packageSources><clear /><add key="feed" value="{Path.Combine(_root, "feed")}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="downloaded" value="{Downloaded()}" /></fallbackPackageFolders>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(_root, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(_root, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(_root, "Directory.Packages.props"), "<Project />");
        foreach (ProjectShape shape in Enum.GetValues<ProjectShape>())
        {
            string folder = Directory.CreateDirectory(Path.Combine(_root, shape.ToString())).FullName;
            File.WriteAllText(Path.Combine(folder, "app.csproj"), ProjectText(shape, ""));
            (await DotNet.Run(folder, ["restore", "-tl:off", "-v:q"])).Succeeds();
        }
    }

    /// <summary>A new folder outside of any project, below which the feed of the packages is known.</summary>
    internal string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, Path.GetRandomFileName())).FullName;

    /// <summary>Puts the assertion package and the core, which its tests need, into the feed.</summary>
    internal async Task PackAssertions()
    {
        await _packing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            foreach (string package in new[] { "WeightWatcher", "WeightWatcher.Assertions.XunitV3" })
            {
                if (!File.Exists(Path.Combine(_root, "feed", $"{package}.1.0.0.nupkg")))
                    (await DotNet.Run(_root, ["pack", Path.Combine(Repository, "src", package), "--no-build", "-c", Configuration, "-o", Path.Combine(_root, "feed"), "-p:EnablePackageValidation=false", "-tl:off", "-v:q"])).Succeeds();
            }
        }
        finally
        {
            _packing.Release();
        }
    }

    /// <summary>The folder of packages that this machine has downloaded; what the tests of this repository use is there.</summary>
    internal static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The version of a package that the tests of this repository use.</summary>
    internal static string VersionOf(string package) =>
        XDocument.Load(Path.Combine(Repository, "Directory.Packages.props")).Descendants("PackageVersion").Single(e => e.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    /// <summary>The native library of ONNX Runtime for this system.</summary>
    internal static string OnnxRuntime => Path.Combine(MachinePackages, "microsoft.ml.onnxruntime", VersionOf("Microsoft.ML.OnnxRuntime"), "runtimes", $"linux-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native", "libonnxruntime.so");

    // Of what this machine has downloaded, the packages that scenarios reference, and nothing else.
    private string Downloaded()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, "downloaded")).FullName;
        foreach (string package in (string[])["microsoft.ml.onnxruntime", "microsoft.ml.onnxruntime.managed", "system.numerics.tensors"])
            Directory.CreateSymbolicLink(Path.Combine(folder, package), Path.Combine(MachinePackages, package));
        return folder;
    }

    /// <summary>A new folder with a project that is restored already.</summary>
    internal Scenario NewScenario(string body, ProjectShape shape = ProjectShape.OneFramework)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, Path.GetRandomFileName())).FullName;
        // A repository of its own: no policy above it counts.
        Directory.CreateDirectory(Path.Combine(folder, ".git"));
        Scenario scenario = new(folder);
        AddProject(folder, body, shape);
        return scenario;
    }

    /// <summary>Puts a project that is restored already into a folder.</summary>
    internal void AddProject(string folder, string body, ProjectShape shape = ProjectShape.OneFramework)
    {
        string obj = Directory.CreateDirectory(Path.Combine(folder, "obj")).FullName;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_root, shape.ToString(), "obj")))
            File.Copy(file, Path.Combine(obj, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder, "app.csproj"), ProjectText(shape, body));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _packing.Dispose();
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string OnnxRuntimeReference =>
        $"""<PackageReference Include="Microsoft.ML.OnnxRuntime" Version="{VersionOf("Microsoft.ML.OnnxRuntime")}" /><PackageReference Include="System.Numerics.Tensors" Version="{VersionOf("System.Numerics.Tensors")}" />""";

    private static string ProjectText(ProjectShape shape, string body) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <{(shape is ProjectShape.TwoFrameworks or ProjectShape.OnnxRuntimeTwoFrameworks ? "TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks" : "TargetFramework>net10.0</TargetFramework")}>
            <EnableWindowsTargeting>true</EnableWindowsTargeting>
            <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
            <UseSharedCompilation>false</UseSharedCompilation>
            <GenerateDependencyFile>false</GenerateDependencyFile>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="WeightWatcher.MSBuild" Version="*-*" PrivateAssets="all" />
            {(shape is ProjectShape.OnnxRuntime or ProjectShape.OnnxRuntimeTwoFrameworks ? OnnxRuntimeReference : "")}
          </ItemGroup>
          {body}
        </Project>
        """;

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WeightWatcher.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
