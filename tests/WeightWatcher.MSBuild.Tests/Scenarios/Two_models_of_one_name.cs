using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Two_models_of_one_name(PackageFixture packages)
{
    [Fact]
    public async Task have_reports_of_their_own_and_keep_a_line_each()
    {
        string[] layers = [.. Enumerable.Range(1, 12).Select(i => FormattableString.Invariant($"fc{i}"))];
        using Scenario scenario = packages.NewScenario("""
            <ItemGroup>
              <WeightWatcherModel Include="a/model.safetensors" />
              <WeightWatcherModel Include="b/model.safetensors" Name="candidate" />
              <WeightWatcherModel Include="c/model.safetensors" Policy="lax.yml" />
              <WeightWatcherModel Include="c/model.safetensors" Policy="strict.yml" />
            </ItemGroup>
            """)
            .With("weightwatcher.yml", Models.Policy)
            .With("lax.yml", Models.WarningPolicy)
            .With("strict.yml", Models.Policy)
            .With("a/model.safetensors", Models.Random(layers: layers))
            .With("b/model.safetensors", Models.Random())
            .With("c/model.safetensors", Models.Random());

        BuildResult build = (await scenario.Build()).Fails();

        Assert.Equal("a/model.safetensors", Shown(scenario.Report("model.safetensors-a")));
        Assert.Equal("b/model.safetensors", Shown(scenario.Report("candidate")));
        Assert.Equal("c/model.safetensors", Shown(scenario.Report("model.safetensors-c")));
        Assert.StartsWith("a/", build.Errors[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("b/", build.Errors[1].Message, StringComparison.Ordinal);
        Assert.Equal("c/model.safetensors", Shown(scenario.Report("model.safetensors-2")));
        Assert.EndsWith("strict.yml", build.Errors[2].File, StringComparison.Ordinal);
        Assert.StartsWith("c/", Assert.Single(build.Warnings).Message, StringComparison.Ordinal);
    }

    private static string? Shown(System.Text.Json.JsonElement report) => report.GetProperty("artifact").GetProperty("path").GetString();
}
