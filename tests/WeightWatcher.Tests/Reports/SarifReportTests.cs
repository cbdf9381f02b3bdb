using System.Text;
using System.Text.Json;
using NJsonSchema;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Reports;

/// <summary>The SARIF report keeps the published schema, and its findings stay the same findings from run to run.</summary>
public sealed class SarifReportTests
{
    private static readonly Lazy<Task<JsonSchema>> Schema = new(() => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "sarif-2.1.0.json")));

    [Fact]
    public void Every_byte_is_known() => Golden.Verify("hostile.report.sarif", Render(HostileResult.Of())!);

    [Fact]
    public async Task It_keeps_the_published_schema()
    {
        JsonSchema schema = await Schema.Value;
        foreach (GateResult result in (GateResult[])[HostileResult.Of(), HostileResult.Of(withBaseline: false), HostileResult.Large(100)])
            Assert.Empty(schema.Validate(Encoding.UTF8.GetString(Render(result)!)));
        Assert.NotEmpty(schema.Validate("""{ "version": "2.1.0", "runs": [ { "results": [ { "level": "error" } ] } ] }"""));
    }

    // A passing run by the built-in policy and a failing one against a baseline, where the models are at hand.
    [Theory]
    [InlineData("resnet-cifar10", "resnet20-12fca82f.th", "resnet-cifar10", "resnet20-12fca82f.th")]
    [InlineData("silero-vad", "silero_vad_16k.safetensors", "silero-vad", "silero_vad_16k.safetensors")]
    [InlineData("ultraface", "version-RFB-320.onnx", "ultraface", "version-RFB-320.pth")]
    public async Task Those_of_real_models_keep_it_too(string folder, string model, string baselineFolder, string baseline)
    {
        GateRequest request = new()
        {
            ArtifactPath = Reference.Require("models", folder, model),
            BaselinePath = Reference.Require("models", baselineFolder, baseline),
            Policy = Policy.Parse("version: 1\nextends: [well-trained, no-regression]\nrules: []\n"),
        };
        Policy strict = Policy.Parse("version: 1\nextends: none\nrules:\n  - { id: alpha-range, metric: alpha, min: 2, max: 2.5 }\n  - { id: structure, metric: rand_distance, min: 0.9, severity: warning }\n", Path.Combine(HostileResult.Project, "weightwatcher.yml"));
        GateResult passing = ModelGate.Run(request, TestContext.Current.CancellationToken);
        GateResult failing = passing with { Verdict = strict.Judge(passing.Report) };
        Assert.True(passing.Verdict.Passed);
        Assert.False(failing.Verdict.Passed);
        JsonSchema schema = await Schema.Value;
        foreach (GateResult result in (GateResult[])[passing, failing])
        {
            string text = Encoding.UTF8.GetString(Render(result)!);
            Assert.Empty(schema.Validate(text));
            using JsonDocument json = JsonDocument.Parse(text);
            Assert.Equal(result.Verdict.Violations.Length, json.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength());
        }
    }

    [Fact]
    public void A_result_points_at_the_line_of_the_policy_and_at_the_artifact()
    {
        using JsonDocument json = JsonDocument.Parse(Render(HostileResult.Of())!);
        JsonElement first = json.RootElement.GetProperty("runs")[0].GetProperty("results")[0];
        JsonElement place = first.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("policies/weight%20watcher.yml", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(3, place.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal("models/%3Cnet%3E%20%26%20co.onnx", first.GetProperty("relatedLocations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString());
    }

    [Fact]
    public void Every_result_has_its_rule_with_the_page_that_explains_it()
    {
        using JsonDocument json = JsonDocument.Parse(Render(HostileResult.Of())!);
        JsonElement run = json.RootElement.GetProperty("runs")[0];
        JsonElement[] rules = [.. run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray()];
        Assert.All(run.GetProperty("results").EnumerateArray(), result => Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        Assert.All(rules, rule =>
        {
            Assert.StartsWith($"# {rule.GetProperty("id").GetString()}: ", rule.GetProperty("help").GetProperty("markdown").GetString());
            Assert.Matches("^[A-Z][A-Za-z]+$", rule.GetProperty("name").GetString());
        });
    }

    [Fact]
    public void Fingerprints_tell_findings_apart_and_outlive_their_numbers()
    {
        GateResult result = HostileResult.Of();
        string[] now = Fingerprints(result);
        Assert.Equal(now, now.Distinct());
        Violation[] moved = [.. result.Verdict.Violations.Select(v => v with { Value = v.Value + 1, Message = v.Layer is null ? v.Message : "another sentence with 1.25", PolicyLine = 99 })];
        Assert.Equal(now, Fingerprints(result with { Verdict = result.Verdict with { Violations = [.. moved] } }));
    }

    [Fact]
    public void A_name_makes_no_link_in_a_message()
    {
        using JsonDocument json = JsonDocument.Parse(Render(HostileResult.Of())!);
        Assert.All(json.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray(), r => Assert.DoesNotContain("](", r.GetProperty("message").GetProperty("text").GetString()!));
    }

    [Fact]
    public void An_incomplete_scan_writes_none_and_removes_the_last_one()
    {
        using TemporaryFolder folder = new();
        string directory = Path.GetDirectoryName(folder.File("x"))!;
        Assert.Single(ReportWriter.Write(HostileResult.Of(), directory, "net", ["sarif"], HostileResult.Project));
        GateResult incomplete = ModelGate.Run(new GateRequest { ArtifactPath = Path.Combine(HostileResult.Project, "none.onnx"), Policy = Policy.WellTrained }, TestContext.Current.CancellationToken);
        Assert.Empty(ReportWriter.Write(incomplete, directory, "net", ["sarif"], HostileResult.Project));
        Assert.Empty(Directory.GetFiles(directory, "*.sarif"));
    }

    [Fact]
    public void The_bytes_are_the_same_in_every_culture() => Assert.Single(Cultures.Each(() => Convert.ToHexString(Render(HostileResult.Of())!)).Distinct());

    private static byte[]? Render(GateResult result) => ReportWriter.Render(result, "sarif", HostileResult.Project);

    private static string[] Fingerprints(GateResult result)
    {
        using JsonDocument json = JsonDocument.Parse(Render(result)!);
        return [.. json.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(r => r.GetProperty("partialFingerprints").GetProperty("weightWatcherFinding/v1").GetString()!)];
    }
}
