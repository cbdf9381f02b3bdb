using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Warnings(PackageFixture packages)
{
    [Fact]
    public async Task are_promoted_and_silenced_as_those_of_the_compiler()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.WarningPolicy)
            .With("model.safetensors", Models.Random());

        Diagnostic warning = Assert.Single((await scenario.Build()).Succeeds().Warnings);
        Assert.Equal(4, warning.Line);

        Assert.Equal(warning, Assert.Single((await scenario.Build("-p:TreatWarningsAsErrors=true")).Fails().Errors));
        Assert.Equal(warning, Assert.Single((await scenario.Build("-p:MSBuildTreatWarningsAsErrors=true")).Fails().Errors));
        Assert.Equal(warning, Assert.Single((await scenario.Build($"-p:WarningsAsErrors={warning.Code}")).Fails().Errors));
        Assert.Equal(warning, Assert.Single((await scenario.Build("-p:TreatWarningsAsErrors=true", $"-p:WarningsNotAsErrors={warning.Code}")).Succeeds().Warnings));
        Assert.Empty((await scenario.Build("-p:TreatWarningsAsErrors=true", $"-p:NoWarn={warning.Code}")).Succeeds().Warnings);
    }
}
