using System.Text.RegularExpressions;
using WeightWatcher.Tests.Analysis;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Documentation;

/// <summary>What the README shows is compiled, parsed or run; its commands are those that are tested; its links lead somewhere.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Reference.RepositoryRoot, "README.md"));

    [Fact]
    public void Every_policy_is_read_without_a_fault()
    {
        using TemporaryFolder folder = new();
        string[] policies = [.. Blocks("yaml")];
        Assert.Equal(2, policies.Length);
        foreach (string policy in policies)
            Assert.Equal("weightwatcher.yml", Policy.Load(folder.Write("weightwatcher.yml", System.Text.Encoding.UTF8.GetBytes(policy))).Name);
    }

    [Fact]
    public void Every_line_of_code_is_compiled()
    {
        string[] sources =
        [
            Source("examples/assert-in-tests/ModelTests.cs").Replace("The_model_we_ship_is_well_trained", "The_model_is_well_trained", StringComparison.Ordinal),
            Source("tests/WeightWatcher.Tests/Documentation/ReadmeTests.cs"),
        ];
        string[] blocks = [.. Blocks("csharp")];
        Assert.Equal(2, blocks.Length);
        Assert.All(blocks.SelectMany(b => b.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)), line =>
            Assert.Contains(sources, s => s.Contains(line, StringComparison.Ordinal)));
    }

    /// <summary>The second block of code, as it stands in the README, with the README's first policy on a model of this test that breaks it.</summary>
    [Fact]
    public void The_core_can_be_used_from_any_test_framework()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("models"));
        SafetensorsWriter.Write(folder.File("models", "net.safetensors"), ("embed.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc.weight", [100, 60], TestModel.Gaussian(100 * 60, 2)));
        folder.Write("weightwatcher.yml", System.Text.Encoding.UTF8.GetBytes(Blocks("yaml").First()));
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string before = Environment.CurrentDirectory;
        ModelQualityException failure = Assert.Throws<ModelQualityException>(() =>
        {
            Environment.CurrentDirectory = folder.Path;
            try
            {
                Policy policy = Policy.Load("weightwatcher.yml");
                ModelReport report = ModelAnalyzer.Analyze("models/net.safetensors", policy.Analysis, cancellationToken);
                ModelReport? baseline = null;   // or the report of the model to compare with, made with the same options
                Verdict verdict = policy.Judge(report, baseline);
                verdict.ThrowIfFailed();
            }
            finally
            {
                Environment.CurrentDirectory = before;
            }
        });
        Assert.Contains("layer 'fc': rand_distance", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_package_of_the_core_shows_the_same_code() =>
        Assert.Contains(Blocks("csharp").Last(), Source("src/WeightWatcher/README.md"), StringComparison.Ordinal);

    [Fact]
    public void The_commands_are_those_that_the_checks_run()
    {
        Assert.Equal(["dotnet build examples/train-and-gate --tl:off", "dotnet run eng/check.cs"], Blocks("sh").Select(b => b.Trim()));
        Assert.Contains("dotnet run eng/check.cs", Source(".ci/run"));
        Assert.Contains("\"build\", \"examples/train-and-gate\", \"--tl:off\"", Source("tests/WeightWatcher.MSBuild.Tests/Scenarios/The_examples.cs"));
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        string[] documents = ["README.md", .. Directory.EnumerateFiles(Path.Combine(Reference.RepositoryRoot, "docs"), "*.md").Select(f => Path.GetRelativePath(Reference.RepositoryRoot, f))];
        Assert.All(
            documents.SelectMany(d => Link().Matches(Source(d)).Select(m => (Document: d, Target: m.Groups[1].Value))).Where(l => !l.Target.Contains("://", StringComparison.Ordinal) && l.Target[0] != '#'),
            link => Assert.True(Path.Exists(Path.Combine(Reference.RepositoryRoot, Path.GetDirectoryName(link.Document)!, link.Target.Split('#')[0])), $"{link.Document} links to {link.Target}"));
    }

    private static string Source(string path) => File.ReadAllText(Path.Combine(Reference.RepositoryRoot, path));

    private static IEnumerable<string> Blocks(string language) => Block().Matches(Readme).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
