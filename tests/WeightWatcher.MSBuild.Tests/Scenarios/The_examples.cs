using System.Text.RegularExpressions;
using System.Xml.Linq;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

/// <summary>The examples, from the clone as it stands, and what the README shows of them.</summary>
public sealed partial class The_examples(PackageFixture packages)
{
    private static readonly string Root = PackageFixture.Repository;

    [Fact]
    public async Task The_build_of_train_and_gate_trains_a_model_and_passes()
    {
        BuildResult result = (await DotNet.Run(Root, ["build", "examples/train-and-gate", "--tl:off"])).Succeeds();
        Assert.Equal(2, result.Verdicts.Count);
        Assert.Contains("digits.onnx passes", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_build_of_onnx_runtime_runs_its_models_and_passes()
    {
        BuildResult result = (await DotNet.Run(Root, ["build", "examples/onnx-runtime", "--tl:off"])).Succeeds();
        Assert.Equal(2, result.Verdicts.Count);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task The_build_of_pull_request_passes_against_its_committed_baseline_file()
    {
        BuildResult result = (await DotNet.Run(Root, ["build", "examples/pull-request", "--tl:off"])).Succeeds();
        Assert.Contains("epoch-20.safetensors passes", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task The_build_of_broken_model_fails_as_the_README_shows()
    {
        BuildResult result = (await DotNet.Run(Root, ["build", "examples/broken-model", "--tl:off"])).Fails();
        string[] shown = Block("text").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(shown);
        string said = result.Output.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        Assert.All(shown, line => Assert.Contains(line.Trim(), said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_items_of_the_README_gate_a_project()
    {
        XElement group = XElement.Parse(Blocks("xml").First());
        group.Elements("PackageReference").Remove();
        using Scenario scenario = packages.NewScenario(group.ToString())
            .With("models/net.safetensors", Models.Structured())
            .With("weightwatcher.yml", Models.Policy);
        (await scenario.Build()).Succeeds();
        Assert.True(scenario.Report("net.safetensors").GetProperty("verdict").GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task The_target_of_the_README_makes_the_model_that_is_judged()
    {
        using Scenario scenario = packages.NewScenario(Blocks("xml").ElementAt(1))
            .With("trained.bin", Models.Structured())
            .With("weightwatcher.yml", Models.Policy);
        (await scenario.Build()).Succeeds();
        Assert.True(scenario.Report("net.safetensors").GetProperty("verdict").GetProperty("passed").GetBoolean());
    }

    private static string Block(string language) => Blocks(language).Single();

    private static IEnumerable<string> Blocks(string language) =>
        CodeBlock().Matches(File.ReadAllText(Path.Combine(Root, "README.md"))).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
