using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Execution;

/// <summary>Drift is max |y - b| / max |b| over all elements of all runs.</summary>
[Collection(Processes)]
public sealed class OutputDriftTests : RuntimeTest
{
    [Fact]
    public void The_same_model_has_none()
    {
        GateResult result = Run(RunnableOnnx.Linear(), "max_output_drift: 0", RunnableOnnx.Linear());
        Assert.Empty(result.Verdict.Violations);
        Assert.Equal(0, result.Report.Runtime!.OutputDrift);
        Assert.Equal(["runtime.loads", "runtime.finite_outputs", "runtime.max_output_drift"], result.Verdict.Checks.Select(check => check.Rule));
    }

    [Theory]
    [InlineData(1.02f, 0.02)]
    [InlineData(0.5f, 0.5)]
    [InlineData(-1f, 2)]
    public void A_model_whose_weights_were_scaled_drifts_by_as_much(float scale, double drift)
    {
        GateResult result = Run(RunnableOnnx.Linear(scale), "max_output_drift: 1%, runs: 3", RunnableOnnx.Linear());
        Violation violation = Only(result, "WWG1024");
        Assert.Equal(drift, violation.Value!.Value, 1e-5);
        Assert.Equal(0.01, violation.Limit);
        Assert.Equal("output_drift", violation.Metric);
        Assert.Equal(violation.Value, result.Report.Runtime!.OutputDrift);
        Only(Run(RunnableOnnx.Linear(scale), "max_output_drift: 1%, output_drift: warning", RunnableOnnx.Linear()), "WWG1024", Severity.Warning);
        Assert.Empty(Run(RunnableOnnx.Linear(scale), "max_output_drift: 201%", RunnableOnnx.Linear()).Verdict.Violations);
    }

    [Fact]
    public void Beside_outputs_that_are_all_zero_drift_has_no_bound()
    {
        // Weights of nothing but zeros are a fault of their own, so the baseline's are tiny and their products vanish.
        Violation violation = Only(Run(RunnableOnnx.Linear(), "max_output_drift: 1000", RunnableOnnx.Linear(1e-45f)), "WWG1024");
        Assert.Null(violation.Value);
        Assert.Contains("without bound (the largest finite magnitude in the baseline's is 0)", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_one_of_the_two_is_not_finite_drift_has_no_bound_and_the_element_is_said()
    {
        string runtime = "max_output_drift: 1000, finite_outputs: off";
        Violation nan = Only(Run(RunnableOnnx.NotFinite(), runtime, RunnableOnnx.Linear()), "WWG1024");
        Assert.Null(nan.Value);
        Assert.Contains("without bound (element 0 is NaN, the baseline's ", nan.Message, StringComparison.Ordinal);
        Assert.Contains("without bound (element 0 is Infinity, the baseline's ", Only(Run(RunnableOnnx.Infinite(), runtime, RunnableOnnx.Linear()), "WWG1024").Message, StringComparison.Ordinal);
        Assert.Matches(@"without bound \(element 0 is -?[0-9.]+, the baseline's Infinity\)", Only(Run(RunnableOnnx.Linear(), runtime, RunnableOnnx.Infinite()), "WWG1024").Message);
        Assert.Equal(0, Run(RunnableOnnx.Infinite(), runtime, RunnableOnnx.Infinite()).Report.Runtime!.OutputDrift);
    }

    [Fact]
    public void Without_a_baseline_it_is_an_error() => Only(Run(RunnableOnnx.Linear(), "max_output_drift: 1%"), "WWG4001");

    [Fact]
    public void A_baseline_file_has_no_graph()
    {
        string model = Write("model.onnx", RunnableOnnx.Linear()), file = Path.Combine(Folder, "model.onnx.wwbaseline.json");
        Policy policy = PolicyOf("max_output_drift: 1%");
        Assert.True(BaselineUpdater.Run(new GateRequest { ArtifactPath = model, Policy = policy, BaselinePath = file, OnnxRuntime = new OnnxRuntimeLocation() }, new Acceptance(), cancellationToken: TestContext.Current.CancellationToken).Written);
        Assert.Contains("no graph", Only(Run(model, "max_output_drift: 1%", file), "WWG4030").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_baseline_of_another_format_cannot_run() =>
        Only(Run(Path.Combine(Reference.RepositoryRoot, "examples", "models", "well-trained.onnx"), "max_output_drift: 1%", Path.Combine(Reference.RepositoryRoot, "examples", "models", "well-trained.safetensors")), "WWG4030");

    [Fact]
    public void A_baseline_that_does_not_load_leaves_the_model_its_own_checks()
    {
        GateResult result = Run(RunnableOnnx.Linear(), "max_output_drift: 1%", RunnableOnnx.Broken());
        Only(result, "WWG4030");
        Assert.Single(result.Report.Runtime!.Outputs);
        result = Run(RunnableOnnx.Linear(), "max_output_drift: 1%, timeout: 8s", RunnableOnnx.Endless());
        Assert.Contains("while the baseline ran", Only(result, "WWG4030").Message, StringComparison.Ordinal);
        Assert.Single(result.Report.Runtime!.Outputs);
        Assert.False(result.IsRepeatable);
    }

    [Fact]
    public void Other_inputs_or_outputs_cannot_be_compared()
    {
        Assert.Contains("'z'", Only(Run(RunnableOnnx.Linear(output: "z"), "max_output_drift: 1%", RunnableOnnx.Linear()), "WWG1031").Message, StringComparison.Ordinal);
        Assert.Contains("'v'", Only(Run(RunnableOnnx.Linear(input: "v"), "max_output_drift: 1%", RunnableOnnx.Linear()), "WWG1031").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_draws_random_numbers_cannot_be_compared() =>
        Assert.Contains("random numbers", Only(Run(RunnableOnnx.Moody(), "max_output_drift: 1%", RunnableOnnx.Moody()), "WWG1031").Message, StringComparison.Ordinal);

    [Fact]
    public void Text_and_truth_and_whole_numbers_are_compared_too()
    {
        string runtime = "max_output_drift: 0, runs: 2";
        Assert.All(new[] { OnnxWriter.String, OnnxWriter.Int64, RunnableOnnx.Bool, OnnxWriter.Float16 }, type => Assert.Equal(0, Run(RunnableOnnx.Through(type, 4), runtime, RunnableOnnx.Through(type, 4)).Report.Runtime!.OutputDrift));
    }
}
