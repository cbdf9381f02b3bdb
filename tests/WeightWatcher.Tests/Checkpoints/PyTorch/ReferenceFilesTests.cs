using System.Collections.Immutable;
using System.Text.Json;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Real checkpoints, in every layout that PyTorch has written.</summary>
public class ReferenceFilesTests
{
    public static TheoryData<string> PyTorchFiles()
    {
        string[] patterns = ["*.pth", "*.th", "*.pt", "*.state_dict", "*.jit"];
        TheoryData<string> files = [];
        foreach (string pattern in patterns)
        {
            foreach (string path in Reference.Files("models", pattern))
                files.Add(Path.GetRelativePath(Reference.Require("models"), path));
        }

        return files;
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(PyTorchFiles))]
    public void Every_file_is_read_and_its_elements_are_finite(string file)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", file), TestContext.Current.CancellationToken);
        Assert.NotEmpty(checkpoint.Tensors);
        Assert.Empty(checkpoint.Unreadable);
        foreach (Tensor tensor in checkpoint.Tensors)
            Assert.All(tensor.Values(), value => Assert.True(double.IsFinite(value)));
    }

    public static TheoryData<string> FilesWithExpectedLayers() => [.. PyTorchFiles().Select(row => row.Data).Where(file => File.Exists(ExpectedLayers(file)))];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(FilesWithExpectedLayers))]
    public void Every_expected_layer_is_there_with_its_shape(string file)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", file), TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(ExpectedLayers(file)));
        foreach (JsonElement layer in document.RootElement.GetProperty("layers").EnumerateArray())
        {
            string name = layer.GetProperty("name").GetString()!;
            Tensor tensor = Assert.Single(checkpoint.Tensors, t => t.Name == name || t.Name == name + ".weight");
            long[] sides = [.. tensor.Shape.Take(2).Order()];
            Assert.Equal([layer.GetProperty("M").GetInt64(), layer.GetProperty("N").GetInt64()], sides);
            Assert.Equal(layer.GetProperty("rf").GetInt64(), tensor.Shape.Skip(2).Aggregate(1L, (product, length) => product * length));
        }
    }

    [Theory]
    [InlineData("stories260K-zip.pt", "pytorch")]
    [InlineData("stories260K-legacy.pt", "pytorch-legacy")]
    [InlineData("stories260K-proto4.pt", "pytorch")]
    [InlineData("stories260K-proto5.pt", "pytorch")]
    public void The_same_weights_read_the_same_from_every_layout(string file, string format)
    {
        using Checkpoint expected = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f32.safetensors"), TestContext.Current.CancellationToken);
        using Checkpoint actual = CheckpointReader.Open(Reference.Require("models", "stories260K", file), TestContext.Current.CancellationToken);
        Assert.Equal(format, actual.Format);
        AssertSame(expected, actual);
    }

    [Fact]
    public void Bfloat16_reads_as_the_safetensors_file_of_the_same_weights()
    {
        using Checkpoint expected = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-bf16.safetensors"), TestContext.Current.CancellationToken);
        using Checkpoint actual = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-bf16.pt"), TestContext.Current.CancellationToken);
        Assert.All(actual.Tensors, t => Assert.Equal(ElementType.BF16, t.ElementType));
        AssertSame(expected, actual);
    }

    [Theory]
    [InlineData("views-zip.pt")]
    [InlineData("views-legacy.pt")]
    public void Views_of_one_storage_are_tensors_of_their_own(string file)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", "stories260K", file), TestContext.Current.CancellationToken);
        Assert.NotNull(checkpoint.Tensor("tied.a").StorageIdentity);
        Assert.Equal(checkpoint.Tensor("tied.a").StorageIdentity, checkpoint.Tensor("tied.b").StorageIdentity);
        Assert.NotEqual(checkpoint.Tensor("rowslice").StorageIdentity, checkpoint.Tensor("colslice").StorageIdentity);

        using Checkpoint plain = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f32.safetensors"), TestContext.Current.CancellationToken);
        Tensor transposed = checkpoint.Tensor("transposed");
        double[] back = Transpose(transposed.Values(), (int)transposed.Shape[0], (int)transposed.Shape[1]);
        Assert.Contains(plain.Tensors, t => t.Shape.SequenceEqual(transposed.Shape.Reverse()) && t.Values().AsSpan().SequenceEqual(back));
    }

    [Fact]
    public void A_quantized_tensor_reads_as_scale_times_code_less_zero_point()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", "stories260K", "qtensor.pt"), TestContext.Current.CancellationToken);
        Tensor perTensor = checkpoint.Tensor("w.per_tensor");
        Tensor perChannel = checkpoint.Tensor("w.per_channel");
        Assert.True(perTensor.IsFloatingPoint);
        Assert.Equal(ImmutableArray.Create(512L, 64L), perTensor.Shape);
        double[] codes = [.. perTensor.Values().Select(value => value / 0.01)];
        Assert.All(codes, code => Assert.InRange(Math.Abs(code - Math.Round(code)), 0, 1e-9));
        Assert.All(codes, code => Assert.InRange(code, -128.001, 127.001));

        // Both tensors hold the same codes (their storages are byte for byte the same), so each row of the second is a multiple of the first's.
        double[] channels = perChannel.Values();
        for (int row = 0; row < 512; row++)
        {
            int at = Enumerable.Range(row * 64, 64).First(i => Math.Abs(codes[i]) > 0.5);
            double scale = channels[at] / Math.Round(codes[at]);
            Assert.True(scale > 0);
            for (int i = row * 64; i < (row + 1) * 64; i++)
                Assert.Equal(scale * Math.Round(codes[i]), channels[i], 1e-12);
        }
    }

    [Fact]
    public void TorchScript_names_are_the_attributes_of_its_modules()
    {
        using Checkpoint script = CheckpointReader.Open(Reference.Require("models", "silero-vad", "silero_vad.jit"), TestContext.Current.CancellationToken);
        Assert.Equal("torchscript", script.Format);
        Assert.Equal(ImmutableArray.Create(512L, 128L), script.Tensor("_model.decoder.rnn.weight_ih").Shape);
        Assert.Equal(ImmutableArray.Create(1L, 128L, 1L), script.Tensor("_model_8k.decoder.decoder.2.weight").Shape);
        Assert.Equal(ImmutableArray.Create(0L), script.Tensor("constants.0").Shape);
    }

    [Fact]
    public void A_part_of_a_tensor_reads_as_that_part_of_the_whole()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", "stories260K", "views-zip.pt"), TestContext.Current.CancellationToken);
        foreach (Tensor tensor in checkpoint.Tensors)
        {
            double[] whole = tensor.Values();
            int[] starts = [0, 1, whole.Length / 3, whole.Length - 1];
            foreach (int start in starts)
            {
                double[] part = new double[Math.Min(777, whole.Length - start)];
                tensor.Read(start, part);
                Assert.Equal(whole[start..(start + part.Length)], part);
            }
        }
    }

    private static string ExpectedLayers(string file) =>
        Path.Combine(Reference.Require("expected"), $"{file.Replace('\\', '/').Replace("/", "__", StringComparison.Ordinal)}.json");

    private static void AssertSame(Checkpoint expected, Checkpoint actual)
    {
        Assert.Equal(expected.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal), actual.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        foreach (Tensor tensor in expected.Tensors)
        {
            Tensor other = actual.Tensor(tensor.Name);
            Assert.Equal(tensor.Shape, other.Shape);
            Assert.Equal(tensor.Values(), other.Values());
        }
    }

    private static double[] Transpose(double[] values, int rows, int columns)
    {
        double[] result = new double[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[(column * rows) + row] = values[(row * columns) + column];
        }

        return result;
    }
}
