using System.Text.Json;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints;

/// <summary>Every layer that the Python tool finds in a real model is a tensor here, under its name and with its shape.</summary>
public class ReferenceModelTests
{
    [Theory]
    [InlineData("silero-vad", "silero_vad.onnx")]
    [InlineData("silero-vad", "silero_vad_16k_op15.onnx")]
    [InlineData("silero-vad", "silero_vad_16k.safetensors")]
    [InlineData("ultraface", "version-RFB-320.onnx")]
    [InlineData("ultraface", "version-RFB-320_simplified.onnx")]
    [InlineData("dtln", "model_1.onnx")]
    [InlineData("dtln", "model_2.onnx")]
    [InlineData("stories260K", "stories260K-f32.safetensors")]
    public void All_expected_layers_are_tensors_of_the_expected_shapes(string folder, string file)
    {
        string path = Reference.Require("models", folder, file);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Reference.Require("expected", $"{folder}__{file}.json")));
        using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
        Dictionary<string, Tensor> byLayerName = checkpoint.Tensors.ToDictionary(
            t => t.Name.EndsWith(".weight", StringComparison.Ordinal) ? t.Name[..^".weight".Length] : t.Name, StringComparer.Ordinal);
        int layers = 0;
        foreach (JsonElement layer in expected.RootElement.GetProperty("layers").EnumerateArray())
        {
            Tensor tensor = byLayerName[layer.GetProperty("name").GetString()!];
            Assert.Equal(layer.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64()), tensor.Shape);
            Assert.True(tensor.IsFloatingPoint);
            Assert.All(tensor.Values(), value => Assert.True(double.IsFinite(value)));
            layers++;
        }

        Assert.NotEqual(0, layers);
        Assert.Empty(checkpoint.Unreadable);
    }

    [Theory]
    [InlineData("stories260K-f16.safetensors", ElementType.F16, 11)]
    [InlineData("stories260K-bf16.safetensors", ElementType.BF16, 8)]
    public void Narrow_copies_of_a_model_hold_its_numbers_rounded(string file, ElementType type, int bits)
    {
        using Checkpoint wide = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f32.safetensors"), TestContext.Current.CancellationToken);
        using Checkpoint narrow = CheckpointReader.Open(Reference.Require("models", "stories260K", file), TestContext.Current.CancellationToken);
        Assert.Equal(wide.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal), narrow.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        foreach (Tensor tensor in narrow.Tensors)
        {
            Assert.Equal(type, tensor.ElementType);
            double[] full = Assert.Single(wide.Tensors, t => t.Name == tensor.Name).Values();
            double[] rounded = tensor.Values();
            for (int i = 0; i < full.Length; i++)
                Assert.True(Math.Abs(full[i] - rounded[i]) <= Math.Max(Math.Abs(full[i]) * Math.ScaleB(1, -bits), 6.1e-5 / 1024), $"{tensor.Name}[{i}]: {full[i]} became {rounded[i]}");
        }
    }

    [Fact]
    public void Recurrent_and_convolution_weights_of_a_real_model_carry_their_layout()
    {
        using Checkpoint lstm = CheckpointReader.Open(Reference.Require("models", "dtln", "model_1.onnx"), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["lstm_4_R", "lstm_4_W", "lstm_5_R", "lstm_5_W"],
            lstm.Tensors.Where(t => t.Layout == TensorLayout.DirectionsGatesInput).Select(t => t.Name).Order(StringComparer.Ordinal));
        using Checkpoint convolutions = CheckpointReader.Open(Reference.Require("models", "ultraface", "version-RFB-320.onnx"), TestContext.Current.CancellationToken);
        Assert.All(convolutions.Tensors.Where(t => t.Shape.Length == 4), t => Assert.Equal(TensorLayout.OutInKernel, t.Layout));
        using Checkpoint branches = CheckpointReader.Open(Reference.Require("models", "silero-vad", "silero_vad.onnx"), TestContext.Current.CancellationToken);
        Tensor encoder = Assert.Single(branches.Tensors, t => t.Name == "If_0/then_branch/const:If_0_then_branch__Inline_0__encoder.0.reparam_conv.weight");
        Assert.Equal(TensorLayout.OutInKernel, encoder.Layout);
    }

    [Theory]
    [InlineData("silero-vad", "silero_vad.onnx")]
    [InlineData("silero-vad", "silero_vad_16k_op15.onnx")]
    [InlineData("silero-vad", "silero_vad_16k.safetensors")]
    [InlineData("ultraface", "version-RFB-320.onnx")]
    [InlineData("ultraface", "version-RFB-320_simplified.onnx")]
    [InlineData("dtln", "model_1.onnx")]
    [InlineData("dtln", "model_2.onnx")]
    public void A_real_model_cut_anywhere_is_refused_as_truncated_or_malformed(string folder, string file)
    {
        byte[] whole = File.ReadAllBytes(Reference.Require("models", folder, file));
        Random random = new(11);
        IEnumerable<int> cuts = Enumerable.Range(64, 200).Concat(Enumerable.Range(0, 200).Select(_ => random.Next(64, whole.Length))).Concat(Enumerable.Range(whole.Length - 200, 200));
        using TemporaryFolder temporary = new();
        string path = temporary.Write("cut.bin", whole);
        foreach (int length in cuts.OrderDescending())
        {
            using (FileStream stream = File.OpenWrite(path))
                stream.SetLength(length);
            ArtifactException? refusal = Record.Exception(() => CheckpointReader.Open(path, TestContext.Current.CancellationToken).Dispose()) as ArtifactException;
            Assert.True(refusal?.Code.Id is "WWG2003" or "WWG2010", $"cut to {length} of {whole.Length} bytes: {refusal?.Code.Id ?? "read"}");
        }
    }
}
