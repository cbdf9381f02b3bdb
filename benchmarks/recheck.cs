// What the gate costs a build in which nothing changed, beside the same build without the package:
//
//     dotnet run benchmarks/recheck.cs [PAIRS]
//
// Packs WeightWatcher.MSBuild, makes two copies of examples/pull-request outside the repository, one with the package and one without, builds both until they are up to date, and
// then times `dotnet build` of one and of the other in turn. Whole processes, as a person waits for them. Needs an idle machine; prints the median and the smallest of each, and
// the median of the differences of the pairs.

using System.Diagnostics;
using System.Globalization;

int pairs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
string repository = Root();
string root = Directory.CreateTempSubdirectory("weightwatcher-recheck-").FullName;
try
{
    string feed = Path.Combine(root, "feed"), models = Directory.CreateDirectory(Path.Combine(root, "models")).FullName;
    Dotnet(repository, "pack", Path.Combine("src", "WeightWatcher.MSBuild"), "-c", "Release", "-o", feed);
    File.WriteAllText(Path.Combine(root, "NuGet.config"), $"""
        <configuration>
          <config><add key="globalPackagesFolder" value="{Path.Combine(root, "packages")}" /></config>
          <packageSources><add key="feed" value="{feed}" /></packageSources>
        </configuration>
        """);
    foreach (string model in Directory.EnumerateFiles(Path.Combine(repository, "examples", "models"), "*.safetensors"))
        File.Copy(model, Path.Combine(models, Path.GetFileName(model)));
    string with = Project("with", """
          <ItemGroup>
            <PackageReference Include="WeightWatcher.MSBuild" Version="*" PrivateAssets="all" />
            <WeightWatcherModel Include="../models/epoch-20.safetensors" Baseline="baselines/digits.wwbaseline.json" />
          </ItemGroup>
        """);
    string without = Project("without", "");

    // Twice: the second build finds everything up to date and fills the caches of the system.
    foreach (string folder in (string[])[with, without, with, without])
        Dotnet(folder, "build");
    string said = Dotnet(with, "build", "-tl:off");
    if (!said.Contains("unchanged since the last gate", StringComparison.Ordinal))
        throw new InvalidOperationException($"the gate judged again:\n{said}");

    List<double> gate = [], plain = [];
    for (int i = 0; i < pairs; i++)
    {
        gate.Add(Seconds(with));
        plain.Add(Seconds(without));
    }

    Say("with the gate", gate);
    Say("without", plain);
    double[] differences = [.. gate.Zip(plain, (a, b) => a - b)];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"difference     median {Median(differences):F3} s of {pairs} pairs (quartiles {Quantile(differences, 0.25):F3} to {Quantile(differences, 0.75):F3} s)"));
}
finally
{
    Directory.Delete(root, recursive: true);
}

string Project(string name, string body)
{
    string folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
    string example = Path.Combine(repository, "examples", "pull-request");
    File.Copy(Path.Combine(example, "Library.cs"), Path.Combine(folder, "Library.cs"));
    File.Copy(Path.Combine(example, "weightwatcher.yml"), Path.Combine(folder, "weightwatcher.yml"));
    Directory.CreateDirectory(Path.Combine(folder, "baselines"));
    File.Copy(Path.Combine(example, "baselines", "digits.wwbaseline.json"), Path.Combine(folder, "baselines", "digits.wwbaseline.json"));
    File.WriteAllText(Path.Combine(folder, "app.csproj"), $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
        {body}
        </Project>
        """);
    return folder;
}

double Seconds(string folder)
{
    Stopwatch watch = Stopwatch.StartNew();
    Dotnet(folder, "build");
    return watch.Elapsed.TotalSeconds;
}

string Dotnet(string folder, params string[] arguments)
{
    ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };

    // `dotnet run` tells its program how to find MSBuild; commands that it starts find their own.
    foreach (string variable in (string[])["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly"])
        start.Environment.Remove(variable);
    using Process process = Process.Start(start)!;
    Task<string> errors = process.StandardError.ReadToEndAsync();
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{output}\n{errors.Result}");
}

static void Say(string what, List<double> seconds) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-14} median {Median(seconds):F3} s, smallest {seconds.Min():F3} s"));

static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

static double Quantile(IEnumerable<double> values, double share)
{
    double[] sorted = [.. values.Order()];
    double at = share * (sorted.Length - 1);
    int below = (int)Math.Floor(at);
    return sorted[below] + ((at - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
}

static string Root()
{
    for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "WeightWatcher.sln")))
            return folder.FullName;
    }

    throw new InvalidOperationException("run this from inside the repository");
}
