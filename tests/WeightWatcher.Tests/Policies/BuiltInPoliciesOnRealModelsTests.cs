using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Policies;

/// <summary>The built-in policy accepts real trained models and rejects their untrained copies.</summary>
public sealed class BuiltInPoliciesOnRealModelsTests
{
    /// <summary>One model of each source and format that is fully trained.</summary>
    public static TheoryData<string> Trained =>
    [
        "dtln/model.h5", "fer2013-mini-xception/fer2013_mini_XCEPTION.107-0.66.hdf5", "fer2013-mini-xception/fer2013_mini_XCEPTION.29-0.62.hdf5", "ggml-mnist/mnist-fc-f32.gguf",
        "keras-mnist/mnist_model.h5", "keras-mnist/mnist_model.keras", "mlperf-tiny/ad01.h5", "stories260K/stories260K-bf16.gguf",
        "dtln/model_1.onnx", "dtln/model_2.onnx", "ggml-mnist/mnist_model.state_dict", "pretrain-gnns/chem_gcn_contextpred.pth", "pretrain-gnns/chem_gcn_supervised_contextpred.pth",
        "resnet-cifar10/resnet20-12fca82f.th", "silero-vad/silero_vad.jit", "silero-vad/silero_vad_16k.safetensors", "silero-vad/silero_vad_16k_op15.onnx",
        "stories260K/stories260K-f32.safetensors", "ultraface/version-RFB-320.pth", "ultraface/version-RFB-320_simplified.onnx",
        "ultraface/training-run-RFB/RFB-Epoch-280-Loss-2.635728222983224.pth", "ultraface/training-run-RFB/RFB-Epoch-499-Loss-2.6552731423150924.pth",
    ];

    [Theory]
    [MemberData(nameof(Trained))]
    public void A_trained_model_is_accepted(string model) => Assert.Empty(Errors(Path(model)));

    [Fact]
    public void The_first_epoch_of_a_training_run_is_rejected() =>
        Assert.NotEmpty(Errors(Path("ultraface/training-run-RFB/RFB-Epoch-0-Loss-6.496268930889311.pth")));

    [Theory]
    [MemberData(nameof(Trained))]
    public void Randomly_initialised_copies_are_rejected(string model)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Path(model), TestContext.Current.CancellationToken);
        using TemporaryFolder folder = new();
        foreach (string initialisation in (string[])["kaiming-uniform", "xavier-normal", "normal"])
        {
            Random random = new(17);
            string copy = folder.File($"{initialisation}.safetensors");
            SafetensorsWriter.Write(
                copy,
                [.. checkpoint.Tensors.Where(t => t.IsFloatingPoint && t.Shape.Length >= 2).Select(t => (t.Name, t.Shape.ToArray(), Initialised(t, initialisation, random)))]);
            Assert.True(Errors(copy).Length > 0, initialisation);
        }
    }

    private static float[] Initialised(Tensor tensor, string initialisation, Random random)
    {
        double fanIn = Math.Max(1, tensor.Count / (double)tensor.Shape[0]), fanOut = Math.Max(1, tensor.Shape[0] * (tensor.Count / (double)(tensor.Shape[0] * tensor.Shape[1])));
        double sigma = initialisation switch { "xavier-normal" => Math.Sqrt(2 / (fanIn + fanOut)), "normal" => 0.02, _ => Math.Sqrt(1 / (3 * fanIn)) };
        float[] values = new float[tensor.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(sigma * (initialisation == "kaiming-uniform"
                ? Math.Sqrt(3) * ((2 * random.NextDouble()) - 1)
                : Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
        }

        return values;
    }

    private static string Path(string model) => Reference.Require(["models", .. model.Split('/')]);

    private static string[] Errors(string path)
    {
        ModelReport report = ModelAnalyzer.Analyze(path, Policy.WellTrained.Analysis, TestContext.Current.CancellationToken);
        return [.. Policy.WellTrained.Judge(report).Violations.Where(v => v.Severity == Severity.Error).Select(v => $"{v.Code} {v.Message}")];
    }
}
