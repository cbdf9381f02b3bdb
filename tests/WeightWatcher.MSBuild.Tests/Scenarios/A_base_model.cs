using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_base_model(PackageFixture packages)
{
    [Fact]
    public async Task of_an_item_is_what_its_weights_are_set_against()
    {
        using Scenario scenario = packages.NewScenario(
            """<ItemGroup><WeightWatcherModel Include="model.safetensors" BaseModel="base\model.safetensors" /></ItemGroup>""")
            .With("model.safetensors", Models.Structured(n: 192, m: 128));
        Assert.Equal("WWG2001", Assert.Single((await scenario.Build()).Fails().Errors).Code);

        // Weights are matched by name and shape.
        scenario.With("base/model.safetensors", Models.Random(n: 192, m: 96));
        Assert.Equal("WWG2027", Assert.Single((await scenario.Build()).Fails().Errors).Code);
    }
}
