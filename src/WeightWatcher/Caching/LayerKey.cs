using System.Security.Cryptography;
using System.Text;
using WeightWatcher.Layers;

namespace WeightWatcher.Caching;

/// <summary>Names everything that decides a layer's row: SHA-256 over the weights' hash, how they make matrices, the options and the engine.</summary>
/// <remarks>A layer's name, its number and its file are not in it: the same weights in another model have the same row.</remarks>
internal sealed class LayerKey
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    private LayerKey(byte[] hash)
    {
        Hash = hash;
        Text = Convert.ToHexStringLower(hash);
    }

    /// <summary>The bytes of the key.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>The key in lower-case hexadecimal.</summary>
    public string Text { get; }

    /// <summary>The key of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weightHash">The hash of its tensor's elements as read.</param>
    /// <param name="options">What is measured. The patterns are not part of the key: they choose layers and change none; nor is the base model, whose effect the weights hold.</param>
    public static LayerKey Of(Layer layer, string weightHash, AnalysisOptions options) => Of(layer, weightHash, options, EngineIdentity.Text);

    /// <summary>
    /// The key of a layer whatever machine measured it: the same for the same content, options and release, so that rows from elsewhere, which agree to rounding, can stand for it.
    /// </summary>
    public static LayerKey OfContent(Layer layer, string weightHash, AnalysisOptions options) =>
        Of(layer, weightHash, options, FormattableString.Invariant($"rules={RuleSet.Version};tool={Tool.Version}"));

    /// <summary>The key of a layer for another engine.</summary>
    internal static LayerKey Of(Layer layer, string weightHash, AnalysisOptions options, string engine)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream, Encoding.UTF8))
        {
            writer.Write(engine);
            writer.Write((options with { Include = [], Exclude = [], BaseModelPath = null }).Signature);
            writer.Write(weightHash);
            writer.Write((int)layer.Tensor.ElementType);
            writer.Write(layer.Tensor.StoredEpsilon);
            writer.Write(layer.Tensor.MayBeZero);
            writer.Write(layer.Tensor.Shape.Length);
            foreach (long length in layer.Tensor.Shape)
                writer.Write(length);
            writer.Write(layer.Type.ToReportName());
            writer.Write(layer.N);
            writer.Write(layer.M);
            writer.Write(layer.KernelSize);
            writer.Write(layer.SliceId is { } id ? id + 1L : 0L);
            writer.Write(layer.Slices.Length);
            foreach (MatrixSlice slice in layer.Slices)
            {
                writer.Write(slice.Rows);
                writer.Write(slice.Columns);
                writer.Write(slice.Offset);
                writer.Write(slice.RowStride);
                writer.Write(slice.ColumnStride);
            }
        }

        return new LayerKey(SHA256.HashData(stream.ToArray()));
    }
}
