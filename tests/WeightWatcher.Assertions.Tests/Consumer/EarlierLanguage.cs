using WeightWatcher;
using Xunit;

// Compiled with C# 12, which has no extension members for types.
public class EarlierLanguage
{
    [Fact]
    public void Structure_meets_policy() => ModelAssert.MeetsPolicy("models/structured.safetensors", "structure.yml");

    [Fact]
    public void Structure_is_well_trained_by_a_file() => ModelAssert.WellTrained("models/structured.safetensors", "structure.yml");

    [Fact]
    public void Same_model_is_not_regressed() => ModelAssert.NotRegressed("models/structured.safetensors", "models/structured.safetensors", "no-worse.yml");

    [Fact]
    public void Randomness_breaks_policy() => ModelAssert.MeetsPolicy("models/random.safetensors", "structure.yml");

    [Fact]
    public void Exception_tells_the_verdict() =>
        Assert.False(Assert.Throws<ModelQualityException>(() => ModelAssert.MeetsPolicy("models/random.safetensors", "structure.yml")).Verdict.Passed);

    [Theory]
    [ModelLayers("models/structured.safetensors", Policy = "structure.yml")]
    public void Each_layer(string layer) => ModelAssert.LayerMeetsPolicy("models/structured.safetensors", layer, "structure.yml");
}
