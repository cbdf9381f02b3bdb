using Training;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Tests.Training;

public sealed class CheckpointFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("initial", "safetensors")]
    [InlineData("initial", "onnx")]
    [InlineData("convolutional", "safetensors")]
    [InlineData("convolutional", "onnx")]
    public void A_checkpoint_reads_back_as_the_network(string preset, string formatName)
    {
        ModelFormat format = ModelFormats.Find(formatName)!.Value;
        TrainedModel model = TrainedModel.Train(Presets.Find(preset)! with { TrainingImages = 32, Epochs = 1 }, seed: 5);
        using Checkpoint checkpoint = Open(format.Write(model), format.Extension());

        Assert.Equal(model.Network.Layers.SelectMany(l => new[] { l.Name + ".weight", l.Name + ".bias" }), checkpoint.Tensors.Select(t => t.Name));
        foreach (Layer layer in model.Network.Layers)
        {
            Tensor weight = Tensor(checkpoint, layer.Name + ".weight"), bias = Tensor(checkpoint, layer.Name + ".bias");
            Assert.Equal(layer.WeightShape.Select(size => (long)size), weight.Shape);
            Assert.Equal(layer.Weights.Select(w => (double)w), Values(weight));
            Assert.Equal([layer.Biases.Length], bias.Shape);
            Assert.Equal(layer.Biases.Select(b => (double)b), Values(bias));
        }
    }

    [Fact]
    public void Every_nan_is_written_as_the_same_one()
    {
        float otherNaN = BitConverter.UInt32BitsToSingle(0xFFC12345);
        byte[] bytes = new NamedTensor("w", [3], [float.NaN, otherNaN, -0f]).ToBytes();
        Assert.Equal([0, 0, 0xC0, 0x7F, 0, 0, 0xC0, 0x7F, 0, 0, 0, 0x80], bytes);
    }

    private Checkpoint Open(byte[] bytes, string extension)
    {
        string path = Path.Combine(_folder, "model" + extension);
        File.WriteAllBytes(path, bytes);
        return CheckpointReader.Open(path, TestContext.Current.CancellationToken);
    }

    private static Tensor Tensor(Checkpoint checkpoint, string name) => Assert.Single(checkpoint.Tensors, t => t.Name == name);

    private static double[] Values(Tensor tensor)
    {
        double[] values = new double[tensor.Count];
        tensor.Read(0, values);
        return values;
    }
}
