using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Assertions.Tests.Units;

public sealed class ModelCheckTests : IDisposable
{
    private const string Analysis = "version: 1\nextends: none\nanalysis: { mp_fit: false, detX: false }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public ModelCheckTests() => ConsumerFiles.Write(_folder);

    [Theory]
    [InlineData("error", Severity.Error)]
    [InlineData("warning", Severity.Warning)]
    public void A_rule_per_layer_that_judged_no_layer_is_said_of_every_layer(string severity, Severity expected)
    {
        string policy = Policy($"rules:\n  - {{ id: wide, metric: rand_distance, per: layer, when: {{ N: \">100000\" }}, min: 0.25, severity: {severity} }}\n");
        foreach (string layer in (string[])["fc1", "fc2"])
        {
            Violation violation = Assert.Single(ModelCheck.RunOnLayer(Model("structured"), layer, policy).Violations);
            Assert.Equal(("WWG1007", "wide", expected), (violation.Code, violation.Rule, violation.Severity));
        }
    }

    [Fact]
    public void A_policy_without_rules_is_said_of_every_layer()
    {
        Violation violation = Assert.Single(ModelCheck.RunOnLayer(Model("structured"), "fc1", Policy("rules: []\n")).Violations);
        Assert.Equal(("WWG1009", Severity.Warning), (violation.Code, violation.Severity));
    }

    [Fact]
    public void Rules_per_model_and_the_coverage_are_said_of_no_layer()
    {
        string policy = Policy("""
            coverage: { min: 100% }
            rules:
              - { id: layer, metric: rand_distance, per: layer, min: 0 }
              - { id: mean, metric: rand_distance, per: model, min: 2 }
              - { id: nowhere, metric: rand_distance, per: model, when: { N: ">100000" }, min: 0.25 }
              - { id: count, metric: num_layers, per: model, min: 100 }

            """);
        WriteModel("partly", "fc1.weight", biasToo: true);
        Assert.Equal(
            ["WWG1001", "WWG1001", "WWG1007", "WWG1008"],
            ModelCheck.Run(Model("partly"), policy, baseline: null).Violations.Select(violation => violation.Code).Order(StringComparer.Ordinal));
        Assert.Empty(ModelCheck.RunOnLayer(Model("partly"), "fc1", policy).Violations);
    }

    [Fact]
    public void Every_layer_that_theory_data_names_can_be_judged()
    {
        string policy = Policy("rules:\n  - { id: layer, metric: rand_distance, per: layer, min: 2 }\n");
        foreach (string name in (string[])["", " "])
        {
            WriteModel("nameless", name);
            Assert.Equal(name, Assert.Single(ModelCheck.LayerNames(Model("nameless"), policy)));
            Verdict verdict = Assert.Throws<ModelQualityException>(() => Assert.ModelLayerMeetsPolicy(Model("nameless"), name, policy)).Verdict;
            Assert.Equal(("WWG1001", name), (Assert.Single(verdict.Violations).Code, verdict.Violations[0].Layer));
            File.Delete(Model("nameless"));
        }
    }

    [Fact]
    public void The_model_is_not_run_to_judge_a_layer()
    {
        // Were it run, the verdict would say that there is no such library.
        string? before = Environment.GetEnvironmentVariable(OnnxRuntimeLocation.Variable);
        Environment.SetEnvironmentVariable(OnnxRuntimeLocation.Variable, Path.Combine(_folder, "nowhere"));
        try
        {
            string policy = Policy("rules:\n  - { id: layer, metric: rand_distance, per: layer, min: 0 }\nruntime: {}\n"), model = Path.Combine(_folder, "models", "runs.onnx");
            Assert.Equal("WWG5020", Assert.Single(ModelCheck.Run(model, policy, baseline: null).Violations).Code);
            string layer = Assert.Single(ModelCheck.LayerNames(model, policy));
            Assert.Empty(ModelCheck.RunOnLayer(model, layer, policy).Violations);
        }
        finally
        {
            Environment.SetEnvironmentVariable(OnnxRuntimeLocation.Variable, before);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Model(string name) => Path.Combine(_folder, "models", name + ".safetensors");

    private void WriteModel(string name, string tensor, bool biasToo = false)
    {
        const int rows = 96, columns = 48;
        float[] weights = [.. Enumerable.Range(0, rows * columns).Select(i => (float)Math.Sin(i * i))];
        (string, long[], float[]) weight = (tensor, [rows, columns], weights), bias = ("bias", [columns], weights[..columns]);
        SafetensorsWriter.Write(Model(name), biasToo ? [weight, bias] : [weight]);
    }

    private string Policy(string rules)
    {
        string path = Path.Combine(_folder, "policy.yml");
        File.WriteAllText(path, Analysis + rules);
        return path;
    }
}
