using System.Collections.Immutable;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Reports;

/// <summary>A judged model whose names try to break out of every format that a report is written in.</summary>
internal static class HostileResult
{
    /// <summary>The folder of the project; it need not exist, and no repository is around it.</summary>
    public static readonly string Project = Path.Combine(Path.GetTempPath(), "weightwatcher-no-repository", "project");

    /// <summary>Layer names: HTML, XML, Markdown, spreadsheets, mentions, links, control characters, lone surrogates, right-to-left marks.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]></testcase><testcase name='x'>", "`code` **bold** | cell", "[click](https://evil.example/a)",
        "@team/owners #123 www.evil.example https://evil.example", "=cmd|' /C calc'!A0", "line\nbreak\r\n# heading", "\u202Eright-to-left\uFFFE\u0001\uD800", "</details></table></body>", "ok.layer_1", "größe 層 😀", "'quoted' & \\slashed\\ ~~struck~~ _x_ {0} {{1}}",
    ];

    /// <summary>The result: every layer breaks a rule, one is in no baseline, and a note has markup.</summary>
    public static GateResult Of(bool withBaseline = true)
    {
        Policy policy = Policy.Parse(
            """
            version: 1
            rules:
              - { id: alpha-range, metric: alpha, min: 2, max: 6, description: "see <b>wiki</b> | [x](y)" }
              - { id: not-worse, metric: rand_distance, baseline: { max_decrease: 5% }, severity: warning }
              - { id: mean-alpha, metric: alpha, per: model, aggregate: mean, max: 100 }
            """,
            Path.Combine(Project, "policies", "weight watcher.yml"));
        ModelReport report = Report(policy, 1) with { Notes = ["read <b>with</b> care"] };
        ModelReport? baseline = withBaseline ? Report(policy, 1.5) with { Artifact = new ArtifactInfo("baselines/<main>.onnx", "onnx", "", 1) } : null;
        if (baseline is not null)
            baseline = baseline with { Layers = baseline.Layers.RemoveAt(0) };
        if (!withBaseline)
            policy = Policy.Parse("version: 1\nrules:\n  - { id: alpha-range, metric: alpha, min: 2, max: 6 }\n");
        return new GateResult { Report = report, Verdict = policy.Judge(report, baseline), Baseline = baseline, InputFiles = [] };
    }

    /// <summary>A report of many layers, each with a finding.</summary>
    public static GateResult Large(int layers)
    {
        Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: alpha-range, metric: alpha, max: 6 }\n  - { id: distance, metric: rand_distance, min: 0.5, severity: warning }\n");
        ModelReport report = Report(policy, 1) with
        {
            Layers = [.. Enumerable.Range(0, layers).Select(i => Layer($"encoder.block.{i}.self_attention.{Names[i % Names.Length]}", i, 7 + (i % 5), 0.1))],
        };
        return new GateResult { Report = report, Verdict = policy.Judge(report), InputFiles = [] };
    }

    /// <summary>The same result, with the kinds of change that a comparison of weights finds, the first for the second layer, and an initialisation.</summary>
    public static GateResult WithKinds(params string[] kinds)
    {
        GateResult result = Of();
        return result with
        {
            Report = result.Report with { Layers = [.. result.Report.Layers.Select((layer, i) => i == 0 ? layer with { InitKind = "he <normal>" } : layer with { ChangeKind = kinds[(i - 1) % kinds.Length] })] },
        };
    }

    private static ModelReport Report(Policy policy, double scale) => new()
    {
        Artifact = new ArtifactInfo("models/<net> & co.onnx", "onnx", new string('a', 64), 12345) { Files = [Path.Combine(Project, "models", "<net> & co.onnx")] },
        Options = policy.Analysis,
        Layers = [.. Names.Select((name, i) => Layer(name, i, 7.125 + i, 0.125 * scale))],
        Skipped = [new SkippedTensor("bn|<1>", [64], "one-dimensional")],
        Summary = [new("parameters", Measurement.Of(270896)), new("coverage", Measurement.Of(0.9967))],
    };

    private static LayerReport Layer(string name, int index, double alpha, double distance) => new()
    {
        LayerId = index + 1,
        Name = name,
        LayerType = "dense",
        Shape = [64, 32],
        Status = "success",
        WeightHash = FormattableString.Invariant($"{index}-{distance}"),
        Metrics =
        [
            new("N", Measurement.Of(64)), new("M", Measurement.Of(32)), new("rf", Measurement.Of(1)), new("alpha", Measurement.Of(alpha)), new("sigma", Measurement.Of(0.25)),
            new("stable_rank", Measurement.Of(3.5)), new("rand_distance", Measurement.Of(distance)), new("num_spikes", Measurement.NotApplicable("too <few>")),
        ],
    };
}
