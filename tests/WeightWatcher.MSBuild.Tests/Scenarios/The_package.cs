using System.IO.Compression;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class The_package(PackageFixture packages)
{
    [Fact]
    public void holds_the_task_with_all_it_needs_and_nothing_that_a_project_would_reference()
    {
        using ZipArchive package = ZipFile.OpenRead(packages.Package);
        string[] names = [.. package.Entries.Select(e => e.FullName)];

        foreach (string name in (string[])["WeightWatcher.MSBuild.dll", "WeightWatcher.MSBuild.deps.json", "WeightWatcher.dll", "MathNet.Numerics.dll", "OxyPlot.dll", "YamlDotNet.dll"])
            Assert.Contains("tasks/net10.0/" + name, names);
        foreach (string name in (string[])["WeightWatcher.Worker.dll", "WeightWatcher.Worker.runtimeconfig.json", "Microsoft.ML.OnnxRuntime.dll", "System.Numerics.Tensors.dll"])
            Assert.Contains("tasks/net10.0/onnx-worker/" + name, names);
        // The native library is the user's own.
        Assert.DoesNotContain(names, n => Path.GetFileNameWithoutExtension(n) is "onnxruntime" or "libonnxruntime");
        Assert.Contains("build/WeightWatcher.MSBuild.targets", names);
        Assert.Contains("buildMultiTargeting/WeightWatcher.MSBuild.targets", names);
        Assert.Contains("README.md", names);
        Assert.Contains("THIRD-PARTY-NOTICES.txt", names);
        Assert.DoesNotContain(names, n => n.StartsWith("lib/", StringComparison.Ordinal) || n.StartsWith("ref/", StringComparison.Ordinal));
        Assert.DoesNotContain(names, n => Path.GetFileName(n).StartsWith("Microsoft.Build", StringComparison.Ordinal));
        using StreamReader nuspec = new(package.Entries.Single(e => e.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        string text = nuspec.ReadToEnd();
        Assert.Contains("<developmentDependency>true</developmentDependency>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<dependency ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void holds_the_pages_of_the_codes()
    {
        using ZipArchive package = ZipFile.OpenRead(packages.Package);
        string pages = Path.Combine(PackageFixture.Repository, "docs", "diagnostics");
        Assert.Equal(
            Directory.Exists(pages) ? Directory.GetFiles(pages, "*.md").Select(p => Path.GetFileName(p)!).Order() : [],
            package.Entries.Where(e => e.FullName.StartsWith("docs/diagnostics/", StringComparison.Ordinal)).Select(e => e.Name).Order());
    }

    [Fact]
    public void names_every_assembly_that_it_redistributes_in_its_notices()
    {
        using ZipArchive package = ZipFile.OpenRead(packages.Package);
        using StreamReader notices = new(package.GetEntry("THIRD-PARTY-NOTICES.txt")!.Open());
        string text = notices.ReadToEnd();
        Assert.All(
            package.Entries.Where(e => e.FullName.StartsWith("tasks/", StringComparison.Ordinal) && e.Name.EndsWith(".dll", StringComparison.Ordinal) && !e.Name.StartsWith("WeightWatcher", StringComparison.Ordinal)),
            e => Assert.Contains(e.Name, text, StringComparison.Ordinal));
    }
}
