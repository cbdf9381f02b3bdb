using System.Text.Json;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_broken_artifact(PackageFixture packages)
{
    [Theory]
    [InlineData("missing", "WWG2001")]
    [InlineData("empty", "WWG2002")]
    [InlineData("truncated", "WWG2003")]
    [InlineData("NaN", "WWG2")]
    public async Task fails_with_its_own_code_and_a_report(string fault, string code)
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel).With("weightwatcher.yml", Models.Policy);
        if (fault != "missing")
        {
            scenario.With("model.safetensors", fault switch
            {
                "truncated" => Models.Structured()[..^100],
                "NaN" => Models.WithNaN(),
                _ => [],
            });
        }

        BuildResult build = (await scenario.Build()).Fails();

        Assert.StartsWith(code, build.Errors[0].Code, StringComparison.Ordinal);
        JsonElement verdict = scenario.Report().GetProperty("verdict");
        Assert.False(verdict.GetProperty("passed").GetBoolean());
        Assert.Equal(build.Errors[0].Code, verdict.GetProperty("violations")[0].GetProperty("code").GetString());

        scenario.With("model.safetensors", Models.Structured());
        (await scenario.Build()).Succeeds();
    }
}
