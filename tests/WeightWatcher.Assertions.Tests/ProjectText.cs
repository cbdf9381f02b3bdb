namespace WeightWatcher.Assertions.Tests;

/// <summary>The text of the projects that the scenarios build, as a user would write them.</summary>
internal static class ProjectText
{
    /// <summary>
    /// The feed of the packed packages beside the machine's own sources; what the machine has already downloaded is used from there.
    /// </summary>
    public static string NuGetConfig => $"""
        <configuration>
          <packageSources>
            <add key="scenario" value="feed" />
          </packageSources>
          <fallbackPackageFolders>
            <add key="machine" value="{MachinePackages}" />
          </fallbackPackageFolders>
        </configuration>
        """;

    public static string XunitV2(string version, params string[] sources) => Project(
        "<IsPackable>false</IsPackable>",
        [Test("Microsoft.NET.Test.Sdk"), Test("xunit"), Test("xunit.runner.visualstudio"), ("WeightWatcher.Assertions", version)],
        sources);

    public static string XunitV3(string version, params string[] sources) => Project(
        "<OutputType>Exe</OutputType><IsTestingPlatformApplication>false</IsTestingPlatformApplication>",
        [Test("Microsoft.NET.Test.Sdk"), Test("xunit.v3"), Test("xunit.runner.visualstudio"), ("WeightWatcher.Assertions.XunitV3", version)],
        sources);

    public static string XunitV3Platform(string version, params string[] sources) => Project(
        "<OutputType>Exe</OutputType>",
        [Test("xunit.v3"), ("WeightWatcher.Assertions.XunitV3", version)],
        sources);

    /// <summary>A project with an assertion package and the xunit packages of the other version.</summary>
    public static string Mixed(string assertions, string version, params string[] xunit) =>
        Project("<OutputType>Library</OutputType>", [.. xunit.Select(Test), (assertions, version)], []);

    /// <summary>A test project with the last xunit v3 that the package is not for.</summary>
    public static string EarlierXunitV3(string version) =>
        Project("<OutputType>Exe</OutputType><IsTestingPlatformApplication>false</IsTestingPlatformApplication>", [("xunit.v3", "3.2.2"), ("WeightWatcher.Assertions.XunitV3", version)], []);

    /// <summary>What the example takes from the repository's properties, and that it shall use the package.</summary>
    public static string ExampleProperties => """
        <Project>
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
            <WeightWatcherFromPackage>true</WeightWatcherFromPackage>
          </PropertyGroup>
        </Project>
        """;

    public static string ExamplePackage(string version) =>
        $"""<ItemGroup><PackageVersion Include="WeightWatcher.Assertions.XunitV3" Version="{version}" /></ItemGroup>""";

    private static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Rid => $"{(OperatingSystem.IsMacOS() ? "osx" : "linux")}-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    private static (string Id, string Version) Test(string package) => (package, RepositoryFiles.VersionOf(package));

    private static string Project(string properties, (string Id, string Version)[] packages, string[] sources) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {string.Concat(packages.Select(package => $"""<PackageReference Include="{package.Id}" Version="{package.Version}" />"""))}
            {string.Concat(sources.Select(source => $"""<Compile Include="{source}" />"""))}
            <None Include="{MachinePackages}/microsoft.ml.onnxruntime/{RepositoryFiles.VersionOf("Microsoft.ML.OnnxRuntime")}/runtimes/{Rid}/native/libonnxruntime.*" Link="runtimes/{Rid}/native/%(Filename)%(Extension)" CopyToOutputDirectory="PreserveNewest" />
            <None Include="../assets/**" Link="%(RecursiveDir)%(Filename)%(Extension)" CopyToOutputDirectory="PreserveNewest" />
          </ItemGroup>
        </Project>
        """;
}
