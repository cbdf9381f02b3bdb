// The whole check of this repository, the same here and in continuous integration:
//
//     dotnet run eng/check.cs
//
// Format, build with warnings as errors, all tests, among them the scenarios that pack the packages and use them in throw-away projects.
// The closing line counts the tests; the exit code is 0 only when every step succeeded and no test failed.

using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

string root = FindRoot(Environment.CurrentDirectory);
string results = Path.Combine(root, "artifacts", "test-results");
if (Directory.Exists(results))
    Directory.Delete(results, recursive: true);

bool succeeded = true;
if (Step("restore", "restore", "WeightWatcher.sln"))
{
    _ = Step("format", "format", "WeightWatcher.sln", "--verify-no-changes", "--no-restore");
    if (Step("build", "build", "WeightWatcher.sln", "-c", "Release", "--no-restore"))
    {
        _ = Step(
            "test", "test", "WeightWatcher.sln", "-c", "Release", "--no-build", "-m:1", "--logger", "trx", "--logger", "console;verbosity=minimal",
            "--results-directory", results);
    }
}

(int passed, int failed, int skipped) = Count(results);
succeeded &= passed > 0 && failed == 0;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped"));
return succeeded ? 0 : 1;

// Runs one dotnet command and says how it went.
bool Step(string name, params string[] arguments)
{
    Stopwatch watch = Stopwatch.StartNew();
    Console.WriteLine($"== {name}: dotnet {string.Join(' ', arguments)}");
    ProcessStartInfo start = new("dotnet") { WorkingDirectory = root, UseShellExecute = false };
    foreach (string argument in arguments)
        start.ArgumentList.Add(argument);

    // Build nodes that stay alive would keep the task assembly that the next build writes.
    start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
    start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";

    // `dotnet run` tells its program how to find MSBuild; commands that it starts find their own.
    foreach (string variable in (string[])["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly"])
        start.Environment.Remove(variable);
    using Process process = Process.Start(start)!;
    process.WaitForExit();
    succeeded &= process.ExitCode == 0;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"== {name}: {(process.ExitCode == 0 ? "succeeded" : "FAILED")} after {watch.Elapsed.TotalSeconds:F0} s"));
    return process.ExitCode == 0;
}

static (int Passed, int Failed, int Skipped) Count(string folder)
{
    int passed = 0, failed = 0, skipped = 0;
    if (!Directory.Exists(folder))
        return (0, 0, 0);
    foreach (string file in Directory.EnumerateFiles(folder, "*.trx", SearchOption.AllDirectories))
    {
        foreach (XElement result in XDocument.Load(file).Descendants().Where(e => e.Name.LocalName == "UnitTestResult"))
        {
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    passed++;
                    break;
                case "NotExecuted":
                    skipped++;
                    break;
                default:
                    failed++;
                    break;
            }
        }
    }

    return (passed, failed, skipped);
}

static string FindRoot(string start)
{
    for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "WeightWatcher.sln")))
            return folder.FullName;
    }

    throw new InvalidOperationException("run this from inside the repository");
}
