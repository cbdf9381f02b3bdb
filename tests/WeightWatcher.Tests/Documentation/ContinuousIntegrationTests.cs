using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace WeightWatcher.Tests.Documentation;

/// <summary>The ready workflows are YAML, run nothing but the SDK, and name properties and report files that there are.</summary>
public sealed partial class ContinuousIntegrationTests
{
    private static readonly string Folder = Path.Combine(Reference.RepositoryRoot, "examples", "ci");

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Path.Combine(Reference.RepositoryRoot, "examples", "ci"), "*.yml").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_is_one_for_each_of_the_three() =>
        Assert.Equal(["azure-pipelines.yml", "github-actions.yml", "gitlab-ci.yml"], Workflows.Select(w => w.Data));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Commands_are_those_of_the_SDK(string workflow)
    {
        string[] commands = [.. Scalars(Load(workflow)).Where(s => s.Key is "run" or "script").Select(s => s.Value)];
        Assert.Equal(["dotnet build app", "dotnet test tests"], commands.Select(c => c.Replace(" --logger trx", "", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Variables_are_properties_that_the_package_reads(string workflow)
    {
        string targets = string.Concat(Directory.GetFiles(Path.Combine(Reference.RepositoryRoot, "src", "WeightWatcher.MSBuild", "build")).Select(File.ReadAllText));
        (string Key, string Value)[] variables = [.. Scalars(Load(workflow)).Where(s => s.Key.StartsWith("WeightWatcher", StringComparison.Ordinal))];
        Assert.Contains(variables, v => v.Key == "WeightWatcherReportFormats");
        Assert.All(variables, v => Assert.Contains($"$({v.Key})", targets, StringComparison.Ordinal));
        Assert.All(variables.Single(v => v.Key == "WeightWatcherReportFormats").Value.Split(';'), f => Assert.Contains(f, WeightWatcher.Reports.ReportWriter.Formats));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void The_whole_history_is_there_for_baselines_of_other_branches(string workflow) =>
        Assert.Contains(Scalars(Load(workflow)), s => s is { Key: "fetch-depth" or "fetchDepth" or "GIT_DEPTH", Value: "0" });

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Report_files_have_the_names_that_the_gate_writes(string workflow)
    {
        string text = File.ReadAllText(Path.Combine(Folder, workflow));
        string[] names = [.. WeightWatcher.Reports.ReportWriter.Formats.Select(f => WeightWatcher.Reports.ReportWriter.FileName("", f))];
        Assert.All(ReportFile().Matches(text), m => Assert.Contains(m.Value, names));
        Assert.Contains(ReportFile().Matches(text), m => m.Value is ".report.junit.xml" or ".report.md");
    }

    private static YamlNode Load(string workflow)
    {
        YamlStream stream = [];
        using StreamReader reader = File.OpenText(Path.Combine(Folder, workflow));
        stream.Load(reader);
        return Assert.Single(stream.Documents).RootNode;
    }

    /// <summary>Every scalar with the key under which it stands; those of a list have the key of the list.</summary>
    private static IEnumerable<(string Key, string Value)> Scalars(YamlNode node, string key = "") => node switch
    {
        YamlScalarNode scalar => [(key, scalar.Value ?? "")],
        YamlSequenceNode list => list.SelectMany(item => Scalars(item, key)),
        YamlMappingNode map => map.SelectMany(pair => Scalars(pair.Value, ((YamlScalarNode)pair.Key).Value ?? "")),
        _ => [],
    };

    [GeneratedRegex(@"\.report\.[a-z]+(?:\.xml)?")]
    private static partial Regex ReportFile();
}
