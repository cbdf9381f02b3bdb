using System.Globalization;
using WeightWatcher.Caching;
using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;

namespace WeightWatcher.Tests.Caching;

/// <summary>Keys of layers of which only the key matters.</summary>
internal static class Keys
{
    /// <summary>A layer of one 4 x 3 matrix.</summary>
    public static Layer Layer { get; } = new()
    {
        Id = 1,
        Name = "fc",
        Type = LayerType.Dense,
        Tensor = new NoElements { Name = "fc.weight", Shape = [4, 3], ElementType = ElementType.F32, ElementTypeName = "F32", Count = 12 },
        N = 4,
        M = 3,
        Slices = [new MatrixSlice(4, 3, 0, 3, 1)],
        KernelSize = 1,
    };

    /// <summary>The key of weights of this number.</summary>
    public static LayerKey Of(int weights) => LayerKey.Of(Layer, weights.ToString(CultureInfo.InvariantCulture), AnalysisOptions.Default);

    /// <summary>A key of this number whose first byte is given.</summary>
    public static LayerKey InFolder(byte first, int number)
    {
        for (int i = 0; ; i++)
        {
            LayerKey key = LayerKey.Of(Layer, string.Create(CultureInfo.InvariantCulture, $"{number}/{i}"), AnalysisOptions.Default);
            if (key.Hash.Span[0] == first)
                return key;
        }
    }

    /// <summary>A tensor that is only described.</summary>
    public sealed class NoElements : Tensor
    {
        /// <inheritdoc/>
        public override void Read(long start, Span<double> destination) => throw new InvalidOperationException("a key needs no elements");
    }
}
