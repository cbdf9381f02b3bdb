namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class ModelListTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-").FullName;

    private GateSettings Settings => new()
    {
        Mode = GateMode.Gate,
        ProjectFile = Path.Combine(_folder, "app.csproj"),
        PolicyFile = null,
        ReportDirectory = Path.Combine(_folder, "reports"),
        ReportFormats = [],
        RecordFile = Path.Combine(_folder, "record"),
        WrittenFilesList = Path.Combine(_folder, "written"),
        PagesFolder = _folder,
        CacheDirectory = null,
        AllowNoModels = false,
    };

    private ModelItem Item => new() { Path = Path.Combine(_folder, "a.onnx") };

    [Theory]
    [InlineData("", false, false, "WWG5001")]
    [InlineData("", true, false, "")]
    [InlineData("", false, true, "")]
    [InlineData("none/*.onnx", false, false, "WWG5005")]
    [InlineData("none/*.onnx", true, false, "WWG5005")]
    [InlineData("none/*.onnx", false, true, "")]
    [InlineData(" ; ;", false, false, "WWG5001")]
    [InlineData(" ; ;", true, false, "")]
    public void A_pattern_that_matches_nothing_is_an_error_wherever_it_is_not_allowed(string patterns, bool mayBeEmpty, bool allowed, string codes)
    {
        ModelList list = Collect(Settings with { MayBeEmpty = mayBeEmpty, AllowNoModels = allowed }, [], patterns);
        Assert.Empty(list.Items);
        Assert.Equal(codes, string.Join(' ', list.Diagnostics.Select(d => d.Code)));
    }

    [Fact]
    public void An_artifact_is_judged_by_every_policy_baseline_and_base_model_that_it_is_given()
    {
        File.WriteAllText(Path.Combine(_folder, "a.onnx"), "");
        ModelItem[] models =
        [
            Item, Item with { Policy = "strict.yml" }, Item with { Baseline = "old.onnx" }, Item with { BaseModel = "base.onnx" },
            Item with { Name = "again" }, Item with { Policy = "strict.yml", Name = "again" },
        ];

        ModelList list = Collect(Settings, models, "*.onnx");

        Assert.Empty(list.Diagnostics);
        Assert.All(list.Items, item => Assert.Equal(Path.Combine(_folder, "a.onnx"), item.Path));
        Assert.Equal(
            ["", "strict.yml", "old.onnx", "base.onnx"],
            list.Items.Select(item => item.Policy ?? item.Baseline ?? item.BaseModel ?? ""));
    }

    [Fact]
    public void What_the_shared_run_judges_in_the_same_way_and_what_has_not_changed_since_is_left_to_it()
    {
        File.WriteAllText(Item.Path, "1");
        HashSet<string> shared = [.. Collect(Settings, [Item], "*.onnx").Items.Select(item => SharedMark.Of(item, Settings)), SharedMark.Of("*.onnx"), SharedMark.Of("none/*")];
        GateSettings own = Settings with { MayBeEmpty = true };

        Assert.Empty(Collect(own, [Item with { Name = "other" }], "*.onnx;none/*", shared).Items);
        Assert.Empty(Collect(own, [], "*.onnx;none/*", shared).Diagnostics);
        Assert.Equal("WWG5005", Assert.Single(Collect(own, [], "none/*;own/*", shared).Diagnostics).Code);

        Assert.Equal("strict.yml", Assert.Single(Collect(own, [Item with { Policy = "strict.yml" }], "*.onnx", shared).Items).Policy);
        Assert.Single(Collect(own with { PolicyFile = Path.Combine(_folder, "strict.yml") }, [], "*.onnx", shared).Items);
        File.WriteAllText(Path.Combine(_folder, "b.onnx"), "later");
        Assert.Equal(Path.Combine(_folder, "b.onnx"), Assert.Single(Collect(own, [], "*.onnx", shared).Items).Path);
        File.WriteAllText(Item.Path, "built again");
        Assert.Equal(2, Collect(own, [Item], "*.onnx", shared).Items.Length);
    }

    [Fact]
    public void A_folder_has_changed_when_a_file_in_it_has()
    {
        string shard = Path.Combine(Item.Path, "1.safetensors");
        Directory.CreateDirectory(Item.Path);
        File.WriteAllText(shard, "1");
        HashSet<string> shared = [.. Collect(Settings, [Item], "").Items.Select(item => SharedMark.Of(item, Settings))];

        Assert.Empty(Collect(Settings with { MayBeEmpty = true }, [Item], "", shared).Items);
        File.WriteAllText(shard, "built again");
        Assert.Single(Collect(Settings with { MayBeEmpty = true }, [Item], "", shared).Items);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ModelList Collect(GateSettings settings, ModelItem[] models, string patterns, IReadOnlySet<string>? shared = null) =>
        ModelList.Collect(settings, models, [patterns], shared ?? new HashSet<string>());
}
