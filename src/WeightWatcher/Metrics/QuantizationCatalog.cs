using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher.Metrics;

/// <summary>The columns that <c>quantization</c> adds: what rounding to a number of bits does to the leading directions.</summary>
internal static class QuantizationCatalog
{
    /// <summary>The bit widths, the finest first.</summary>
    public static ImmutableArray<int> Bits { get; } = [8, 6, 4, 3, 2];

    /// <summary>The columns in the order of the report.</summary>
    public static ImmutableArray<MetricDefinition> Columns { get; } =
    [
        .. Bits.Select(bits => new MetricDefinition(
            NameOf(bits),
            false,
            $"The largest angle, in degrees, by which rounding the weights to {bits} bits turns the leading right singular directions, 0 to 90.",
            "A large angle means that this layer does not keep what it learned at this width: leave it at a finer one.")),
    ];

    /// <summary>The column of a bit width.</summary>
    public static string NameOf(int bits) => string.Create(CultureInfo.InvariantCulture, $"quant_angle_{bits}");
}
