using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Nodes;
using NJsonSchema;
using WeightWatcher.Metrics;
using WeightWatcher.Policies;

namespace WeightWatcher.Tests.Policies;

/// <summary>The published JSON Schema and the parser agree on what a policy is.</summary>
public sealed class PolicySchemaTests
{
    /// <summary>What a schema cannot see: YAML itself, places where two keys or two rules must fit each other, and what the analysis computes.</summary>
    private static readonly ImmutableArray<string> BeyondSchema = ["WWG3004", "WWG3005", "WWG3008", "WWG3015", "WWG3019", "WWG3024", "WWG3026", "WWG3027"];

    private static readonly string SchemaPath = Path.Combine(Reference.RepositoryRoot, "schema", "weightwatcher-policy.schema.json");

    public static TheoryData<string> GoodPolicies =>
    [
        "version: 1\nextends: well-trained\n",
        "version: 1\nextends: [well-trained, no-regression]\nrules:\n  - { id: trained-layers, severity: off }\n",
        "version: 1\nextends: none\nrules: []\n",
        "version: 1\ncoverage: { min: 90% }\n",
        "version: 1\ncoverage: { min: '100.0%' }\n",
        "version: 1\nrules:\n  - { id: a, metric: alpha, min: -2.5e-3, max: 6, layers: ['a.*', 'b'], allow: 99.5%, when_not_applicable: error }\n",
        "version: 1\nrules:\n  - { id: a, metric: alpha, max: 6, allow: 3, layers: 'a.*', when: { num_evals: '>=50', D: ' < 1e-1 ' } }\n",
        "version: 1\nrules:\n  - { id: a, metric: alpha, per: model, aggregate: median, max: 6, layers: 'a.*', when: { N: '> 5' }, description: said }\n",
        "version: 1\nrules:\n  - { id: a, metric: coverage, per: model, min: 0.9 }\n  - { id: b, metric: num_layers, baseline: { max_decrease: 0 } }\n",
        "version: 1\nrules:\n  - { id: a, metric: num_traps, severity: info, baseline: { max_increase: 0, max_decrease: 12.5% } }\n",
        "version: 1\nextends: well-trained\nanalysis: { semantics: compatible, randomize: both, seed: 7, fit: E_TPL, min_evals: 1, max_evals: 15000, pool: true, mp_fit: true, detX: true }\nlayers: { include: '*', exclude: [] }\nbaseline: { path: ../main.onnx }\n",
        "version: 1\nextends: no-regression\nbaseline: { path: 'git:origin/main:models/net.onnx', added: info, removed: error, renamed: off, reshaped: warning, inconclusive: warning, standard_errors: 3 }\n",
        "version: 1\nrules:\n  - { id: a, metric: alpha, baseline: { max_increase: [0.1, 5%], inconclusive: error, standard_errors: 0 } }\nbaseline: { path: net.wwbaseline.json }\n",
    ];

    [Theory]
    [MemberData(nameof(GoodPolicies))]
    public async Task What_the_parser_takes_the_schema_takes(string text)
    {
        _ = Policy.Parse(text);
        Assert.Empty((await Schema()).Validate(Json(text)));
    }

    [Theory]
    [InlineData("well-trained")]
    [InlineData("no-regression")]
    public async Task The_built_in_policies_keep_the_schema(string name)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Reference.RepositoryRoot, "src", "WeightWatcher", "Policies", "BuiltIn", name + ".yml"), TestContext.Current.CancellationToken);
        Assert.Empty((await Schema()).Validate(Json(text)));
    }

    [Fact]
    public async Task What_the_parser_refuses_the_schema_refuses_as_far_as_a_schema_can_see()
    {
        JsonSchema schema = await Schema();
        List<string> missed = [];
        int seen = 0;
        foreach (InlineDataAttribute fault in typeof(PolicyParserTests).GetMethod(nameof(PolicyParserTests.A_fault_has_its_own_code_and_place))!.GetCustomAttributes<InlineDataAttribute>())
        {
            string text = (string)fault.Data[0]!;
            string code = (string)fault.Data[1]!;
            bool offByIdAlone = code == "WWG3014" && text.Contains("severity: off", StringComparison.Ordinal);
            if (BeyondSchema.Contains(code) || offByIdAlone)
                continue;
            seen++;
            if (schema.Validate(Json(text)).Count == 0)
                missed.Add($"{code}: {text}");
        }

        Assert.Empty(missed);
        Assert.True(seen > 50);
    }

    [Fact]
    public void Every_key_of_the_parser_is_in_the_schema_and_every_key_of_the_schema_in_the_parser()
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(SchemaPath))!;
        JsonNode rule = root["definitions"]!["rule"]!;
        Assert.Equal(PolicyKeys.Document.Order(), Keys(root));
        Assert.Equal(PolicyKeys.Analysis.Order(), Keys(root["properties"]!["analysis"]!));
        Assert.Equal(PolicyKeys.Layers.Order(), Keys(root["properties"]!["layers"]!));
        Assert.Equal(PolicyKeys.Baseline.Order(), Keys(root["properties"]!["baseline"]!));
        Assert.Equal(PolicyKeys.Coverage.Order(), Keys(root["properties"]!["coverage"]!));
        Assert.Equal(PolicyKeys.Rule.Order(), Keys(rule));
        Assert.Equal(PolicyKeys.RuleBaseline.Order(), Keys(rule["properties"]!["baseline"]!));
    }

    [Fact]
    public void Every_word_and_metric_of_the_parser_is_in_the_schema_and_the_reverse()
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(SchemaPath))!;
        JsonNode analysis = root["properties"]!["analysis"]!["properties"]!;
        JsonNode rule = root["definitions"]!["rule"]!["properties"]!;
        Assert.Equal(PolicyKeys.SemanticsWords.Select(w => w.Key), Words(analysis["semantics"]!));
        Assert.Equal(PolicyKeys.RandomizeWords.Select(w => w.Key), Words(analysis["randomize"]!));
        Assert.Equal(PolicyKeys.FitWords.Select(w => w.Key), Words(analysis["fit"]!));
        Assert.Equal(PolicyKeys.CombineWords.Select(w => w.Key), Words(analysis["combine"]!));
        Assert.Equal(PolicyKeys.PerWords.Select(w => w.Key), Words(rule["per"]!));
        Assert.Equal(PolicyKeys.AggregateWords.Select(w => w.Key), Words(rule["aggregate"]!));
        Assert.Equal(PolicyKeys.SeverityWords.Select(w => w.Key), Words(rule["severity"]!));
        Assert.Equal(PolicyKeys.WhenNotApplicableWords.Select(w => w.Key), Words(rule["when_not_applicable"]!));
        Assert.Equal(BuiltInPolicies.Names.Prepend(PolicyKeys.None), Words(root["properties"]!["extends"]!["anyOf"]![0]!));
        Assert.Equal(MetricCatalog.Layer.Concat(MetricCatalog.Model).Select(m => m.Name), Words(rule["metric"]!));
        Assert.Equal(MetricCatalog.Layer.Select(m => m.Name).Order(), Keys(rule["when"]!));
    }

    private static async Task<JsonSchema> Schema() => await JsonSchema.FromFileAsync(SchemaPath, TestContext.Current.CancellationToken);

    private static IOrderedEnumerable<string> Keys(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key).Order();

    private static IEnumerable<string> Words(JsonNode schema) => schema["enum"]!.AsArray().Select(word => word!.GetValue<string>());

    /// <summary>A policy as an editor hands it to a schema validator.</summary>
    private static string Json(string yaml)
    {
        FaultList faults = new();
        return ToJson(YamlSource.Read(yaml, faults)!)?.ToJsonString() ?? "null";
    }

    private static JsonNode? ToJson(PolicyNode node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => new KeyValuePair<string, JsonNode?>(entry.Key.Value, ToJson(entry.Value)))),
        SequenceNode list => new JsonArray([.. list.Items.Select(ToJson)]),
        ScalarNode { IsNull: true } => null,
        ScalarNode { Plain: true } scalar when YamlScalar.TryBool(scalar.Value, out bool value) => value,
        ScalarNode { Plain: true } scalar when YamlScalar.TryNumber(scalar.Value, out double number) && double.IsFinite(number) => JsonNode.Parse(scalar.Value.TrimStart('+')),
        _ => ((ScalarNode)node).Value,
    };
}
