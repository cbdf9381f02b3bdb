using System.Diagnostics;
using System.Text.Json;
using WeightWatcher.Execution;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Execution;

/// <summary>Models in the real ONNX Runtime: what each check says of a good one and of one that it is made for.</summary>
[Collection(Processes)]
public sealed class RuntimeChecksTests : RuntimeTest
{
    [Fact]
    public void A_sound_model_loads_and_gives_finite_outputs()
    {
        GateResult result = Run(RunnableOnnx.Linear(), "runs: 3");
        Assert.Empty(result.Verdict.Violations);
        RuntimeReport run = result.Report.Runtime!;
        Assert.True(run.Loaded);
        Assert.Matches(@"^1\.\d+\.\d+$", run.Version!);
        Assert.Equal([1, RunnableOnnx.Rows], Assert.Single(run.Inputs).Shape);
        RuntimeOutput output = Assert.Single(run.Outputs);
        Assert.Equal(("y", "float", 3 * RunnableOnnx.Columns, 0), (output.Name, output.Type, (int)output.Elements, (int)output.NonFinite));
        Assert.True(output.MaxAbs > 0);
        Assert.Null(run.OutputDrift);
        Assert.Equal(["runtime.loads", "runtime.finite_outputs"], result.Verdict.Checks.Select(check => check.Rule));
        Assert.Contains(Library, result.InputFiles);
        Assert.True(result.IsRepeatable);
    }

    [Fact]
    public void The_trained_models_of_the_repository_run()
    {
        string models = Path.Combine(Reference.RepositoryRoot, "examples", "models");
        Assert.All(Directory.GetFiles(models, "*.onnx"), model => Assert.Empty(Run(model, "runs: 2").Verdict.Violations));
    }

    [Fact]
    public void The_same_inputs_are_made_each_time_and_others_by_another_seed()
    {
        double Largest(string runtime) => Run(RunnableOnnx.Through(OnnxWriter.Double, "n", 5), runtime).Report.Runtime!.Outputs.Single(output => output.Name == "out").MaxAbs;
        Assert.Equal(Largest("seed: 42"), Largest(""));
        Assert.NotEqual(Largest("seed: 42"), Largest("seed: 43"));
        // Pinned: inputs are the same on every machine and in every version.
        Assert.Equal(1.5, Largest("seed: 42"), 0.7);
    }

    [Fact]
    public void Two_runs_give_the_same_reports()
    {
        static byte[] Bytes(GateResult result)
        {
            using MemoryStream stream = new();
            JsonReport.Write(stream, result.Report, result.Verdict);
            return stream.ToArray();
        }

        string model = Write("model.onnx", RunnableOnnx.Linear()), baseline = Write("before.onnx", RunnableOnnx.Linear(1.25f));
        Assert.Equal(Bytes(Run(model, "max_output_drift: 1%", baseline)), Bytes(Run(model, "max_output_drift: 1%", baseline)));
    }

    [Fact]
    public void An_output_that_is_not_finite_is_found()
    {
        Violation violation = Only(Run(RunnableOnnx.NotFinite()), "WWG1023");
        Assert.Equal(("runtime.finite_outputs", "finite_outputs", (double)RunnableOnnx.Columns, 0.0), (violation.Rule, violation.Metric, violation.Value!.Value, violation.Limit!.Value));
        Assert.Contains("'y' has 16 of 16", violation.Message, StringComparison.Ordinal);
        Only(Run(RunnableOnnx.NotFinite(), "finite_outputs: warning"), "WWG1023", Severity.Warning);
        Assert.Empty(Run(RunnableOnnx.NotFinite(), "finite_outputs: off").Verdict.Violations);
    }

    [Fact]
    public void The_tensors_of_a_sequence_are_looked_into() =>
        Assert.Contains("'list[1]' has 1 of 1", Only(Run(RunnableOnnx.Sequence()), "WWG1023").Message, StringComparison.Ordinal);

    [Fact]
    public void A_graph_that_is_broken_does_not_load()
    {
        Violation violation = Only(Run(RunnableOnnx.Broken()), "WWG1020");
        Assert.Equal("runtime.loads", violation.Rule);
        Assert.DoesNotContain('\n', violation.Message);
        // That nothing could be run fails the check that is on.
        Only(Run(RunnableOnnx.Broken(), "loads: off, finite_outputs: warning"), "WWG1020", Severity.Warning);
    }

    [Fact]
    public void An_operator_of_an_extension_is_explained() =>
        Assert.Contains("extension library", Only(Run(RunnableOnnx.CustomOperator()), "WWG1021").Message, StringComparison.Ordinal);

    [Fact]
    public void A_model_that_fails_when_it_runs_says_on_which_inputs_and_its_messages_are_kept()
    {
        GateResult result = Run(RunnableOnnx.Unshapely());
        Assert.Contains("x float[1, 32]", Only(result, "WWG1022").Message, StringComparison.Ordinal);
        Assert.NotEmpty(result.Report.Runtime!.Log);
        Assert.Empty(Run(RunnableOnnx.Unshapely(), "finite_outputs: off").Verdict.Violations);
    }

    [Fact]
    public void A_model_that_never_ends_is_ended()
    {
        Stopwatch watch = Stopwatch.StartNew();
        GateResult result = Run(RunnableOnnx.Endless(), "timeout: 6s");
        Assert.Contains("after 6 s, while the model ran", Only(result, "WWG1025").Message, StringComparison.Ordinal);
        Assert.False(result.IsRepeatable);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), watch.Elapsed.ToString());
    }

    [Fact]
    public void A_model_that_takes_all_memory_is_ended()
    {
        GateResult result = Run(RunnableOnnx.Greedy(), "max_memory: 512MiB");
        Assert.Contains("more than 512 MiB", Only(result, "WWG1026").Message, StringComparison.Ordinal);
        Assert.False(result.IsRepeatable);
    }

    [Fact]
    public async Task A_crash_is_a_fault_of_the_model_and_not_of_the_build()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the process in /proc");
        string model = Write("model.onnx", RunnableOnnx.Endless());
        Task<GateResult> running = Task.Run(() => Run(model, ""), TestContext.Current.CancellationToken);
        await Worker.Signal("KILL");
        Assert.Contains("while the model ran", Only(await running, "WWG1027").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_ends_the_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the process in /proc");
        string model = Write("model.onnx", RunnableOnnx.Endless());
        using CancellationTokenSource source = new();
        Task<GateResult> running = Task.Run(() => ModelGate.Run(new GateRequest { ArtifactPath = model, Policy = PolicyOf(""), OnnxRuntime = Restored }, source.Token), TestContext.Current.CancellationToken);
        int worker = await Worker.Found();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists($"/proc/{worker}"));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task What_a_terminal_sends_leaves_the_end_of_the_process_to_cancellation(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the process in /proc");
        string model = Write("model.onnx", RunnableOnnx.Endless());
        using CancellationTokenSource source = new();
        Task<GateResult> running = Task.Run(() => ModelGate.Run(new GateRequest { ArtifactPath = model, Policy = PolicyOf(""), OnnxRuntime = Restored }, source.Token), TestContext.Current.CancellationToken);
        int worker = await Worker.Signal(signal);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.True(Directory.Exists($"/proc/{worker}"));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists($"/proc/{worker}"));
    }

    [Fact]
    public async Task An_interrupt_while_the_process_starts_is_no_fault_when_cancellation_follows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the process in /proc");
        string model = Write("model.onnx", RunnableOnnx.Endless());
        using CancellationTokenSource source = new();
        Task<GateResult> running = Task.Run(() => ModelGate.Run(new GateRequest { ArtifactPath = model, Policy = PolicyOf(""), OnnxRuntime = Restored }, source.Token), TestContext.Current.CancellationToken);
        await Worker.Signal("INT", whenItRuns: false);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task The_end_of_its_input_ends_the_process_whatever_it_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the process in /proc");
        WorkerRequest request = new() { Library = Library, Model = Write("model.onnx", RunnableOnnx.Endless()), Run = true, Runs = 1, Seed = 1, Inputs = [], Dimensions = new Dictionary<string, long>() };
        using Process process = Process.Start(new ProcessStartInfo(DotNetHost.Find()!, ["exec", RuntimeChecks.WorkerPath]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, WorkerJson.Default.WorkerRequest));
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await Worker.Signal("INT");
        process.StandardInput.Close();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await process.WaitForExitAsync(limit.Token);
    }

    [Fact]
    public void What_is_not_ONNX_is_judged_as_the_policy_says()
    {
        string model = Path.Combine(Reference.RepositoryRoot, "examples", "models", "well-trained.safetensors");
        Assert.Equal("runtime", Only(Run(model, ""), "WWG1030").Rule);
        Only(Run(model, "loads: warning, finite_outputs: info"), "WWG1030", Severity.Warning);
        Only(Run(model, "when_not_applicable: warn"), "WWG1030", Severity.Warning);
        Only(Run(model, "when_not_applicable: ignore"), "WWG1030", Severity.Info);
        // Nothing is looked for when nothing could run.
        Only(Run(model, "when_not_applicable: ignore", location: new OnnxRuntimeLocation()), "WWG1030", Severity.Info);
    }

    [Fact]
    public void External_data_in_the_folder_is_used_and_names_that_lead_out_are_refused_before_anything_runs()
    {
        Write("weights.bin", RunnableOnnx.WeightBytes());
        Assert.Empty(Run(RunnableOnnx.External("weights.bin")).Verdict.Violations);
        GateResult refused = Run(Write("inner/model.onnx", RunnableOnnx.External("../weights.bin")), "");
        Assert.Equal("WWG2016", Assert.Single(refused.Verdict.Violations).Code);
        Assert.Null(refused.Report.Runtime);
    }

    [Fact]
    public void A_report_that_was_not_run_is_not_judged_good()
    {
        Policy policy = PolicyOf("");
        ModelReport report = ModelAnalyzer.Analyze(Write("model.onnx", RunnableOnnx.Linear()), policy.Analysis, TestContext.Current.CancellationToken);
        Assert.Equal("WWG5023", Assert.Single(policy.Judge(report).Violations).Code);
        ModelReport ofAnother = Run(RunnableOnnx.Linear(), "seed: 7").Report;
        Assert.Equal("WWG5023", Assert.Single(policy.Judge(ofAnother).Violations).Code);
    }

    [Fact]
    public void A_policy_that_does_not_ask_runs_nothing()
    {
        string model = Write("model.onnx", RunnableOnnx.Broken());
        GateResult result = ModelGate.Run(new GateRequest { ArtifactPath = model, Policy = Policy.Parse("version: 1\nextends: none\nrules: []\n"), OnnxRuntime = new OnnxRuntimeLocation() }, TestContext.Current.CancellationToken);
        Assert.Null(result.Report.Runtime);
        Assert.True(result.Verdict.Passed);
    }

    /// <summary>The process of a model, as the system lists it.</summary>
    private static class Worker
    {
        /// <summary>Sends a signal to it once the model runs, or as soon as it is there.</summary>
        public static async Task<int> Signal(string name, bool whenItRuns = true)
        {
            int process = await Found(whenItRuns);
            using Process kill = Process.Start("kill", ["-s", name, process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process;
        }

        /// <summary>Waits until it uses processor time in the loop, or is there at all.</summary>
        public static async Task<int> Found(bool whenItRuns = true)
        {
            while (true)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                foreach (string folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
                {
                    try
                    {
                        string[] stat = (await File.ReadAllTextAsync(Path.Combine(folder, "stat"))).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                        bool isOurs = stat[1] == Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
                        bool isWorker = isOurs && (await File.ReadAllTextAsync(Path.Combine(folder, "cmdline"))).Contains("WeightWatcher.Worker", StringComparison.Ordinal);
                        // User time in hundredths of a second: starting takes less.
                        if (isWorker && (!whenItRuns || ((await File.ReadAllTextAsync(Path.Combine(folder, "maps"))).Contains("libonnxruntime", StringComparison.Ordinal) && int.Parse(stat[11], System.Globalization.CultureInfo.InvariantCulture) > 100)))
                            return int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture);
                    }
                    catch (IOException)
                    {
                        // It has ended meanwhile.
                    }
                }

                await Task.Delay(whenItRuns ? 50 : 1, TestContext.Current.CancellationToken);
            }
        }
    }
}
