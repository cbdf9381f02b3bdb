using WeightWatcher;

namespace AssertInTests;

public class ModelTests
{
    [Fact]
    public void The_model_we_ship_is_well_trained() => Assert.ModelWellTrained("models/well-trained.onnx");

    [Fact]
    public void The_model_we_ship_meets_our_own_policy() => Assert.ModelMeetsPolicy("models/well-trained.onnx", "weightwatcher.yml");

    [Fact]
    public void Training_again_gives_a_model_that_is_not_worse() =>
        Assert.ModelNotRegressed("models/epoch-20.safetensors", baseline: "models/well-trained.onnx");

    /// <summary>One test per layer, named by it: a failure says at once which layer is bad.</summary>
    [Theory]
    [ModelLayers("models/well-trained.onnx", Policy = "weightwatcher.yml")]
    public void Every_layer_meets_our_own_policy(string layer) => Assert.ModelLayerMeetsPolicy("models/well-trained.onnx", layer, "weightwatcher.yml");

    /// <summary>One test per artifact: a new file is tested without a new test.</summary>
    [Theory]
    [ModelFiles("models/well-trained.*")]
    public void Every_format_we_ship_is_well_trained(string path) => Assert.ModelWellTrained(path);

    [Fact]
    public void A_network_that_was_never_trained_is_caught() => Caught("models/initial.safetensors", "rand_distance");

    [Fact]
    public void A_network_that_learned_500_images_by_heart_is_caught() => Caught("models/over-trained.onnx", "num_traps");

    [Fact]
    public void A_network_whose_training_diverged_is_caught() => Caught("models/diverged.safetensors", "WWG2022");

    private static void Caught(string path, string why) =>
        Assert.Contains(why, Assert.Throws<ModelQualityException>(() => Assert.ModelMeetsPolicy(path, "weightwatcher.yml")).Message, StringComparison.Ordinal);
}
