namespace WeightWatcher.Assertions.Tests.Units;

public sealed class GateCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public GateCacheTests() => ConsumerFiles.Write(_folder);

    [Fact]
    public void The_same_question_has_the_same_answer_without_asking_again()
    {
        GateCache cache = new();
        GateResult[] answers = new GateResult[8];
        Parallel.For(0, answers.Length, i => answers[i] = cache.Run(Request("structured"), TestContext.Current.CancellationToken));
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
    }

    [Fact]
    public void Another_policy_or_baseline_is_another_question()
    {
        GateCache cache = new();
        GateRequest request = Request("structured");
        GateResult answer = Run(request);
        Assert.NotSame(answer, Run(request with { Policy = Policy.WellTrained }));
        Assert.NotSame(answer, Run(request with { BaselinePath = Model("random") }));
        Assert.NotSame(answer, Run(request with { DisplayPath = "another" }));

        GateResult Run(GateRequest asked) => cache.Run(asked, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("models/structured.safetensors")]
    [InlineData("models/random.safetensors")]
    [InlineData("structure.yml")]
    public void A_changed_artifact_baseline_or_policy_asks_again(string changed)
    {
        GateCache cache = new();
        GateRequest request = Request("structured") with { BaselinePath = Model("random") };
        GateResult before = cache.Run(request, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, changed), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.NotSame(before, cache.Run(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_part_that_was_missing_or_damaged_is_seen_when_it_is_there()
    {
        const string part = "model-00001-of-00001.safetensors";
        string index = Path.Combine(_folder, "model.safetensors.index.json"), shard = Path.Combine(_folder, part);
        File.WriteAllText(index, $$"""{ "weight_map": { "fc1.weight": "{{part}}", "fc2.weight": "{{part}}" } }""");
        GateCache cache = new();
        Assert.Equal("WWG2017", Assert.Single(Judge().Violations).Code);
        File.Copy(Model("truncated"), shard);
        Assert.Equal("WWG2003", Assert.Single(Judge().Violations).Code);
        File.Copy(Model("structured"), shard, overwrite: true);
        Assert.Empty(Judge().Violations);

        Verdict Judge() => cache.Run(Request("structured") with { ArtifactPath = index }, TestContext.Current.CancellationToken).Verdict;
    }

    [Fact]
    public void A_link_to_another_artifact_asks_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        GateCache cache = new();
        File.Move(Model("structured"), Model("stored"));
        File.CreateSymbolicLink(Model("structured"), Model("stored"));
        GateResult before = cache.Run(Request("structured"), TestContext.Current.CancellationToken);
        Assert.Same(before, cache.Run(Request("structured"), TestContext.Current.CancellationToken));
        File.Copy(Model("random"), Model("stored"), overwrite: true);
        // A copy has the time of what it was copied from, which may be that of the other model.
        File.SetLastWriteTimeUtc(Model("stored"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        GateResult after = cache.Run(Request("structured"), TestContext.Current.CancellationToken);
        Assert.NotSame(before, after);
        File.Delete(Model("structured"));
        File.CreateSymbolicLink(Model("structured"), Model("random"));
        Assert.NotSame(after, cache.Run(Request("structured"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_cancelled_run_is_not_remembered()
    {
        GateCache cache = new();
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => cache.Run(Request("structured"), cancelled.Token));
        Assert.True(cache.Run(Request("structured"), TestContext.Current.CancellationToken).Verdict.Passed);
    }

    [Fact]
    public void An_assertion_stops_when_xunit_cancels_its_test()
    {
        TestContext.Current.CancelCurrentTest();
        Assert.ThrowsAny<OperationCanceledException>(() => Assert.ModelMeetsPolicy(Model("structured"), Path.Combine(_folder, "structure.yml")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Model(string name) => Path.Combine(_folder, "models", name + ".safetensors");

    private GateRequest Request(string model) =>
        new() { ArtifactPath = Model(model), Policy = Policy.Load(Path.Combine(_folder, "structure.yml")) };
}
