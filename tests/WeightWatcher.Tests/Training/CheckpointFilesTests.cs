using Training;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Tests.Training;

public sealed class CheckpointFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(".safetensors")]
    public void A_checkpoint_reads_back_as_the_network(string extension)
    {
        TrainedModel model = TrainedModel.Train(Presets.Initial with { TrainingImages = 10 }, seed: 5);
        using Checkpoint checkpoint = Open(extension == ".onnx" ? model.ToOnnx() : model.ToSafetensors(), extension);

        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"], checkpoint.Tensors.Select(t => t.Name));
        foreach (DenseLayer layer in model.Network.Layers)
        {
            Assert.Equal([layer.Outputs, layer.Inputs], Tensor(checkpoint, layer.Name + ".weight").Shape);
            Assert.Equal(layer.Weights.Select(w => (double)w), Values(Tensor(checkpoint, layer.Name + ".weight")));
            Assert.Equal([layer.Outputs], Tensor(checkpoint, layer.Name + ".bias").Shape);
            Assert.Equal(layer.Biases.Select(b => (double)b), Values(Tensor(checkpoint, layer.Name + ".bias")));
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
