using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_layer_measured_before(PackageFixture packages)
{
    private static readonly DateTime LongAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Fact]
    public async Task is_found_by_another_project_that_shares_the_cache()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.WarningPolicy)
            .With("model.safetensors", Models.Random())
            .With("other/renamed.safetensors", Models.Random(layers: "another.name"));
        packages.AddProject(scenario.File("other"), """<ItemGroup><WeightWatcherModel Include="renamed.safetensors" /></ItemGroup>""");
        string cache = scenario.File("shared-cache");
        // The body of the project above must not compile what lies below it.
        string[] shared = [$"-p:WeightWatcherCacheDirectory={cache}", "-p:EnableDefaultItems=false"];
        BuildResult first = (await scenario.Build([.. shared])).Succeeds();
        string entry = Assert.Single(Rows(cache));
        File.SetLastWriteTimeUtc(entry, LongAgo);

        BuildResult second = (await scenario.Build(["other", .. shared])).Succeeds();

        // A use is noted in the entry's time; a second measurement would have made a second entry or other bytes.
        Assert.Equal(entry, Assert.Single(Rows(cache)));
        Assert.True(File.GetLastWriteTimeUtc(entry) > LongAgo);
        Assert.Single(first.Warnings);
        Assert.Single(second.Warnings);
        string elsewhere = Path.Combine(scenario.File("other"), "obj", "Debug", "net10.0", "weightwatcher");
        Assert.Equal(
            scenario.Report().GetProperty("layers")[0].GetProperty("rand_distance").GetDouble(),
            scenario.Report("renamed.safetensors", elsewhere).GetProperty("layers")[0].GetProperty("rand_distance").GetDouble());
        Assert.Equal("another.name", scenario.Report("renamed.safetensors", elsewhere).GetProperty("layers")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task is_kept_in_the_folder_of_the_user_unless_switched_off()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "where the folder of the user can be set by a variable");
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());
        Dictionary<string, string> user = new() { ["XDG_DATA_HOME"] = scenario.File(".data"), ["WeightWatcherCacheDirectory"] = "" };

        (await scenario.Build(user, "-p:WeightWatcherCacheDirectory=off")).Succeeds();
        Assert.False(Directory.Exists(scenario.File(".data/weightwatcher")));

        (await scenario.Build(user, "-p:WeightWatcherReportFormats=csv")).Succeeds();
        Assert.Single(Rows(scenario.File(".data/weightwatcher/cache")));
    }

    [Fact]
    public async Task is_measured_again_where_the_cache_cannot_be_written()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured())
            .With("no-folder", "a file");

        BuildResult build = (await scenario.Build("-p:WeightWatcherCacheDirectory=no-folder/cache", "-v:d")).Succeeds();

        Assert.Contains("WeightWatcher: the cache folder", build.Output, StringComparison.Ordinal);
        Assert.Empty(build.Warnings);
        Assert.True(scenario.Report().GetProperty("verdict").GetProperty("passed").GetBoolean());
    }

    // The cache also keeps hashes of whole artifacts; the measured rows of layers begin with a mark of their own.
    private static string[] Rows(string cache) =>
        [.. Directory.GetFiles(cache, "*", SearchOption.AllDirectories).Where(file => File.ReadAllBytes(file).AsSpan().StartsWith("WWROW"u8))];
}
