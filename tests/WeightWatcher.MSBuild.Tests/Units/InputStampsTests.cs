using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class InputStampsTests : IDisposable
{
    private const string Index = "model.safetensors.index.json", First = "one.safetensors", Second = "two.safetensors", PolicyFile = "weightwatcher.yml";

    private static readonly DateTime LongAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-").FullName;
    private readonly string _model;

    public InputStampsTests()
    {
        _model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        File.WriteAllBytes(InModel(First), Models.Random(1, 96, 64, "a"));
        File.WriteAllBytes(InModel(Second), Models.Random(2, 96, 64, "b"));
        File.WriteAllText(InModel(Index), $$"""{ "weight_map": { "a.weight": "{{First}}", "b.weight": "{{Second}}" } }""");
        File.WriteAllText(InModel(PolicyFile), Models.WarningPolicy);
        foreach (string file in Directory.EnumerateFiles(_model))
            File.SetLastWriteTimeUtc(file, LongAgo);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", First)]
    [InlineData(Index, "")]
    [InlineData(Index, First)]
    public void What_nobody_touched_under_the_analysis_is_stamped(string item, string baseline)
    {
        // A file that the same build wrote a moment ago is as good as an old one.
        File.WriteAllBytes(InModel(First), File.ReadAllBytes(InModel(First)));
        IReadOnlyList<FileStamp> stamps = Judge(item, baseline, () => { });
        Assert.Superset(new HashSet<string> { Index, First, Second, PolicyFile }, stamps.Select(s => Path.GetFileName(s.Path)).ToHashSet());
        Assert.All(stamps, s => Assert.Equal(s, s.Refresh(TestContext.Current.CancellationToken)));
        Assert.Equal(stamps, stamps.Select(s => FileStamp.Take(s.Path)));
    }

    [Theory]
    [InlineData("", Index)]
    [InlineData("", Second)]
    [InlineData("", PolicyFile)]
    [InlineData(Index, Index)]
    [InlineData(Index, Second)]
    [InlineData(Index, PolicyFile)]
    public void A_file_that_is_written_under_the_analysis_is_judged_again(string item, string changed)
    {
        Assert.Empty(Judge(item, "", () => File.WriteAllBytes(InModel(changed), File.ReadAllBytes(InModel(changed)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Index)]
    [InlineData(First)]
    public void A_file_that_takes_the_place_of_another_under_the_analysis_is_judged_again_however_old(string item)
    {
        string old = Path.Combine(_folder, "old");
        File.WriteAllBytes(old, Models.Random(3, 96, 64, item == First ? "a" : "b"));
        File.SetLastWriteTimeUtc(old, LongAgo.AddDays(-1));
        Assert.Empty(Judge(item, "", () => File.Move(old, InModel(item == First ? First : Second), overwrite: true)));
    }

    [Fact]
    public void The_only_file_of_a_folder_is_no_exception()
    {
        File.Delete(InModel(Index));
        File.Delete(InModel(Second));
        Assert.NotEmpty(Judge("", "", () => { }));
        string old = Path.Combine(_folder, "old");
        File.WriteAllBytes(old, Models.Random(3, 96, 64, "a"));
        File.SetLastWriteTimeUtc(old, LongAgo.AddDays(-1));
        Assert.Empty(Judge("", "", () => File.Move(old, InModel(First), overwrite: true)));
    }

    [Fact]
    public void The_moment_at_which_the_analysis_began_belongs_to_it()
    {
        DateTime begun = LongAgo.AddDays(1);
        File.SetLastWriteTimeUtc(InModel(Second), begun.AddTicks(-TimeSpan.TicksPerSecond));
        Assert.NotEmpty(Judge(Index, "", () => { }, begun));
        File.SetLastWriteTimeUtc(InModel(Second), begun);
        Assert.Empty(Judge(Index, "", () => { }, begun));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<FileStamp> Judge(string item, string baseline, Action meanwhile, DateTime? begun = null)
    {
        string path = Path.Combine(_model, item);
        InputStamps stamps = new(begun ?? DateTime.UtcNow);
        stamps.Before([path, InModel(PolicyFile)]);
        GateResult result = ModelGate.Run(
            new() { ArtifactPath = path, Policy = Policy.Load(InModel(PolicyFile)), BaselinePath = baseline.Length == 0 ? null : InModel(baseline) },
            TestContext.Current.CancellationToken);
        meanwhile();
        return stamps.After(result);
    }

    private string InModel(string name) => Path.Combine(_model, name);
}
