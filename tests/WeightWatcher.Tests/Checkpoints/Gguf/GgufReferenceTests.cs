using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Gguf;

/// <summary>Real GGUF files, against what other programs read from them.</summary>
public class GgufReferenceTests
{
    [Theory]
    [InlineData("stories260K-q4_0.gguf", "Q4_0")]
    [InlineData("stories260K-q8_0.gguf", "Q8_0")]
    [InlineData("stories260K-bf16.gguf", "BF16")]
    public void Quantized_models_read_as_the_values_beside_them(string file, string type)
    {
        Dictionary<string, float[]> expected = Arrays(Reference.Require("models", "stories260K", file + ".dequant.npz"));
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", "stories260K", file), TestContext.Current.CancellationToken);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), checkpoint.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.Contains(checkpoint.Tensors, t => t.ElementTypeName == type);
        Assert.Empty(checkpoint.Unreadable);
        foreach (Tensor tensor in checkpoint.Tensors)
            Assert.Equal(expected[tensor.Name].Select(v => (double)v), tensor.Values());
    }

    [Fact]
    public void The_same_model_holds_the_same_matrices_as_safetensors_and_as_gguf()
    {
        using Checkpoint safetensors = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f32.safetensors"), TestContext.Current.CancellationToken);
        using Checkpoint gguf = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f32.gguf"), TestContext.Current.CancellationToken);
        Assert.Equal(safetensors.Tensors.Length, gguf.Tensors.Length);
        foreach (Tensor tensor in gguf.Tensors)
        {
            Tensor same = safetensors.Tensor(SafetensorsName(tensor.Name));
            Assert.Equal(same.Shape, tensor.Shape);
            // The rows of queries and keys are stored in another order.
            if (tensor.Name.Contains("attn_q", StringComparison.Ordinal) || tensor.Name.Contains("attn_k", StringComparison.Ordinal))
                Assert.Equal(SortedRows(same), SortedRows(tensor));
            else
                Assert.Equal(same.Values(), tensor.Values());
        }
    }

    [Fact]
    public void A_small_network_is_read_with_shapes_as_numpy_has_them()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Reference.Require("models", "ggml-mnist", "mnist-fc-f32.gguf"), TestContext.Current.CancellationToken);
        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal([500L, 784L], checkpoint.Tensors[0].Shape);
        Assert.Equal([10L, 500L], checkpoint.Tensors[2].Shape);
        Assert.All(checkpoint.Tensors.SelectMany(t => t.Values()), v => Assert.True(double.IsFinite(v)));
    }

    private static string SafetensorsName(string name)
    {
        string[] parts = name.Split('.');
        if (parts[0] != "blk")
            return name switch { "token_embd.weight" => "model.embed_tokens.weight", "output_norm.weight" => "model.norm.weight", _ => "lm_head.weight" };
        string inner = parts[2] switch
        {
            "attn_q" => "self_attn.q_proj",
            "attn_k" => "self_attn.k_proj",
            "attn_v" => "self_attn.v_proj",
            "attn_output" => "self_attn.o_proj",
            "ffn_gate" => "mlp.gate_proj",
            "ffn_down" => "mlp.down_proj",
            "ffn_up" => "mlp.up_proj",
            "attn_norm" => "input_layernorm",
            _ => "post_attention_layernorm",
        };
        return $"model.layers.{parts[1]}.{inner}.weight";
    }

    private static double[][] SortedRows(Tensor tensor)
    {
        double[][] rows = [.. tensor.Values().Chunk((int)tensor.Shape[1])];
        Array.Sort(rows, (a, b) => a.AsSpan().SequenceCompareTo(b));
        return rows;
    }

    /// <summary>The float32 arrays of an .npz of version 1 entries in C order.</summary>
    private static Dictionary<string, float[]> Arrays(string path)
    {
        Dictionary<string, float[]> arrays = new(StringComparer.Ordinal);
        using ZipArchive zip = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using MemoryStream bytes = new();
            using (Stream stream = entry.Open())
                stream.CopyTo(bytes);
            int start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.ToArray().AsSpan(8));
            arrays.Add(entry.FullName[..^".npy".Length], MemoryMarshal.Cast<byte, float>(bytes.ToArray().AsSpan(start)).ToArray());
        }

        return arrays;
    }
}
