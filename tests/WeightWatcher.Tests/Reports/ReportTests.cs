using System.Globalization;
using System.Text;
using System.Text.Json;
using WeightWatcher.Metrics;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Reports;

/// <summary>Reports say everything, read back exactly, and have the same bytes everywhere.</summary>
public sealed class ReportTests : IDisposable
{
    private static readonly (string, long[], float[])[] Tensors =
    [
        ("fc1.weight", [60, 40], TestModel.Trained(60, 40, 1)), ("fc1.bias", [60], TestModel.Gaussian(60, 2)), ("conv.weight", [16, 12, 3, 3], TestModel.Gaussian(1728, 3)),
        ("größe,\"x\"\n=1.weight", [30, 20], TestModel.Gaussian(600, 4)), ("identity", [12, 12], [.. Enumerable.Range(0, 144).Select(i => i % 13 == 0 ? 1f : 0f)]),
    ];

    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(Semantics.Strict)]
    [InlineData(Semantics.Compatible)]
    public void Reports_are_byte_identical_whatever_the_threads_and_the_culture(Semantics semantics)
    {
        string path = _model.Write(Tensors);
        AnalysisOptions options = AnalysisOptions.Default with { Semantics = semantics, Randomize = Randomization.Both };
        HashSet<string> json = [], csv = [];
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach (string culture in (string[])["", "de-DE", "tr-TR", "ar-SA"])
            {
                foreach (int threads in (int[])[1, 2, 8])
                {
                    CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                    ModelReport report = ModelAnalyzer.Analyze(path, options with { MaxThreads = threads }, TestContext.Current.CancellationToken);
                    json.Add(Json(report));
                    csv.Add(Csv(report));
                }
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Single(json);
        Assert.Single(csv);
    }

    [Fact]
    public void Numbers_read_back_exactly_and_what_was_not_measured_is_null()
    {
        ModelReport report = _model.Analyze(AnalysisOptions.Default, Tensors);
        using JsonDocument json = JsonDocument.Parse(Json(report));
        foreach ((LayerReport layer, JsonElement row) in report.Layers.Zip(json.RootElement.GetProperty("layers").EnumerateArray()))
        {
            foreach ((string metric, Measurement value) in layer.Metrics)
            {
                JsonElement written = row.GetProperty(metric);
                if (value.IsMeasured)
                    Assert.Equal(value.Value, written.GetDouble());
                else
                    Assert.Equal(JsonValueKind.Null, written.ValueKind);
            }
        }

        JsonElement identity = json.RootElement.GetProperty("layers").EnumerateArray().Last();
        Assert.Equal(JsonValueKind.Null, identity.GetProperty("alpha").ValueKind);
        Assert.StartsWith("not applicable: ", identity.GetProperty("not_measured").GetProperty("alpha").GetString());
    }

    [Fact]
    public void Layers_and_skipped_account_for_every_tensor()
    {
        using JsonDocument json = JsonDocument.Parse(Json(_model.Analyze(AnalysisOptions.Default, Tensors)));
        string[] names =
        [
            .. json.RootElement.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("name").GetString()!),
            .. json.RootElement.GetProperty("skipped").EnumerateArray().Select(l => l.GetProperty("name").GetString()!),
        ];
        Assert.Equal(["fc1", "conv", "größe,\"x\"\n=1", "identity", "fc1.bias"], names);
        JsonElement summary = json.RootElement.GetProperty("summary");
        Assert.Equal(60 + 2400 + 1728 + 600 + 144, summary.GetProperty("parameters").GetInt32());
        Assert.Equal(1 - (60 / 4932.0), summary.GetProperty("coverage").GetDouble(), 1e-15);
    }

    [Fact]
    public void The_report_names_tool_artifact_options_and_verdict()
    {
        ModelReport report = _model.Analyze(AnalysisOptions.Default, Tensors);
        Verdict verdict = new()
        {
            Artifact = "models/net.safetensors",
            Violations =
            [
                new Violation
                {
                    Code = "WWG1002", Severity = Severity.Error, Message = "too large", Rule = "alpha-range", Layer = "fc1", Metric = "alpha", Value = 7.9, Limit = 6,
                    PolicyFile = Path.Combine(Path.GetTempPath(), "project", "weightwatcher.yml"), PolicyLine = 12,
                },
            ],
        };
        using MemoryStream stream = new();
        JsonReport.Write(stream, report, verdict, Path.Combine(Path.GetTempPath(), "project"));
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement root = json.RootElement;
        Assert.Equal(1, root.GetProperty("schema_version").GetInt32());
        Assert.Equal("WeightWatcher", root.GetProperty("tool").GetProperty("name").GetString());
        Assert.Equal("strict", root.GetProperty("options").GetProperty("semantics").GetString());
        Assert.Matches("^[0-9a-f]{64}$", root.GetProperty("artifact").GetProperty("sha256").GetString());
        Assert.False(root.GetProperty("verdict").GetProperty("passed").GetBoolean());
        JsonElement violation = root.GetProperty("verdict").GetProperty("violations")[0];
        Assert.Equal(
            "WWG1002 alpha-range error fc1 alpha 7.9 6 12 weightwatcher.yml",
            string.Join(' ', new[] { "code", "rule", "severity", "layer", "metric", "value", "limit", "policy_line", "policy" }.Select(p => violation.GetProperty(p).ToString())));
        Assert.Equal(JsonValueKind.Null, violation.GetProperty("baseline").ValueKind);
    }

    [Fact]
    public void The_table_quotes_what_needs_it_and_disarms_formulas()
    {
        ModelReport report = _model.Analyze(AnalysisOptions.Default, ("=cmd,1", [30, 20], TestModel.Gaussian(600, 1)), ("b\"c", [30, 20], TestModel.Gaussian(600, 2)));
        string[] lines = Csv(report).Split('\n');
        Assert.Equal("layer_id,name,layer_type,longname,N,M,Q,rf,num_evals,alpha,D", string.Join(',', lines[0].Split(',')[..11]));
        Assert.StartsWith("1,\"'=cmd,1\",dense,", lines[1]);
        Assert.StartsWith("2,\"b\"\"c\",dense,", lines[2]);
        Assert.Equal(4, lines.Length);
    }

    private static string Json(ModelReport report)
    {
        using MemoryStream stream = new();
        JsonReport.Write(stream, report, null);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Csv(ModelReport report)
    {
        using StringWriter writer = new(CultureInfo.CurrentCulture);
        CsvReport.Write(writer, report);
        return writer.ToString();
    }
}
