using System.Collections.Immutable;
using WeightWatcher.Checkpoints;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// Whether a layer's weights are what a usual initialisation of exactly its shape draws: the fruit of a checkpoint that was loaded with missing keys, or of a
/// layer that no gradient reached.
/// </summary>
/// <remarks>
/// Two things must hold at once. The entries have the distribution, and for a normal one the variance, of an initialisation; and they are independent of their place. A trained
/// layer fails the second unless it is tiny, and a tiny one usually the first. Orthogonal matrices are told by their equal norms and right angles.
/// </remarks>
/// <param name="PValue">How often independent draws of the best initialisation look less like it, 0 to 1.</param>
/// <param name="Kind">The best initialisation, for example <c>he normal</c>.</param>
internal sealed record StillAtInitialisation(double PValue, string Kind)
{
    /// <summary>A layer at or above this probability is still at its initialisation: one drawn layer in a thousand is missed.</summary>
    public const double SmallestPValue = 1e-3;

    /// <summary>Below this number of entries chance alone fits some initialisation.</summary>
    public const int FewestEntries = 64;

    /// <summary>Fewer different values than these make no distribution.</summary>
    public const int FewestValues = 16;

    /// <summary>
    /// Fewer entries than these do not tell a normal initialisation: the window that their spread leaves for the variance is so wide, and the usual variances so
    /// many, that a small trained layer falls into one by chance.
    /// </summary>
    public const int FewestNormalEntries = 1024;

    /// <summary>Below this number of entries a normal initialisation must fit better, at <see cref="SmallestNormalPValue"/>.</summary>
    private const int ManyEntries = 16_384;

    private const double SmallestNormalPValue = 0.05;

    /// <summary>How far beyond its cut a truncated normal may reach: half precision rounds by half of this.</summary>
    private const double CutTolerance = 1e-3;

    /// <summary>Fewer lines than these are at right angles by chance, or because a fixed filter bank has them so.</summary>
    private const int FewestLines = 4;

    /// <summary>How many lines are compared for right angles.</summary>
    private const int ComparedLines = 32;

    /// <summary>True when the layer is still at its initialisation.</summary>
    public required bool Holds { get; init; }

    /// <summary>True when the best initialisation is a normal one and the entries are too few to tell it from training.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>Tests a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="margins">Their sums over rows and columns.</param>
    /// <param name="spectra">Their spectrum.</param>
    /// <param name="unit">What the weights were multiplied by since they were read.</param>
    public static Outcome<StillAtInitialisation> Test(
        Layer layer, WeightMatrix weights, EntrySample entries, LayerMargins margins, LayerSpectra spectra, double unit)
    {
        if (entries.Distinct == 1)
            return Outcome.Success(new StillAtInitialisation(1, "constant") { Holds = true });
        double rounding = layer.Tensor.StoredEpsilon;
        if (IsOrthogonal(layer, weights, margins, spectra, Math.Clamp(8 * rounding, 2e-3, 2e-2)))
            return Outcome.Success(new StillAtInitialisation(1, "orthogonal") { Holds = true });
        if (entries.Count < FewestEntries)
            return Outcome.NotApplicable<StillAtInitialisation>($"{entries.Count} weights are too few to tell");
        if (entries.Distinct < FewestValues)
            return Outcome.NotApplicable<StillAtInitialisation>($"{entries.Distinct} different values are too few to tell");

        // No square of a sum of squares is larger than this product, and few differences of them smaller than the mean.
        if (!double.IsNormal(entries.MeanFourth) || !double.IsFinite(entries.MeanFourth * entries.Count * entries.Count))
            return Outcome.Failed<StillAtInitialisation>("the fourth power of the weights leaves the range of a double");

        double independence = IndependentEntries.SmallestPValue(entries, margins, spectra);
        (double fan, double other) = Fans(layer.Tensor);
        double square = unit * unit;
        double p = InitialDistribution.Uniform(entries, independence);
        string kind = $"{UniformName(entries, fan, other, unit)}uniform";
        foreach (InitialScale scale in InitialScale.Truncated(fan, other, InitialDistribution.TruncatedVariance))
            Take(InitialDistribution.Truncated(entries, scale.Variance * square, CutTolerance + rounding, independence), $"{scale.Name} truncated normal");
        double sharp = p;
        foreach (InitialScale scale in InitialScale.Normal(fan, other))
            Take(InitialDistribution.Normal(entries, scale.Variance * square, independence), $"{scale.Name} normal");

        bool holds = sharp >= SmallestPValue, normal = p >= (entries.Count < ManyEntries ? SmallestNormalPValue : SmallestPValue);
        return Outcome.Success(new StillAtInitialisation(p, kind)
        {
            Holds = holds || (normal && entries.Count >= FewestNormalEntries),
            IsUndecided = !holds && normal && entries.Count < FewestNormalEntries,
        });

        void Take(double probability, string name)
        {
            if (probability > p)
                (p, kind) = (probability, name);
        }
    }

    private static string UniformName(EntrySample entries, double fan, double other, double unit)
    {
        double low = entries.LargestMagnitude * (1 - 1e-2), high = entries.LargestMagnitude * Math.Pow(1e-3, -1.0 / entries.Count);
        foreach (InitialScale scale in InitialScale.Uniform(fan, other))
        {
            double bound = unit * Math.Sqrt(3 * scale.Variance);
            if (bound >= low && bound <= Math.Max(high, entries.LargestMagnitude * 1.01))
                return scale.Name + " ";
        }

        return "";
    }

    private static (double Fan, double Other) Fans(Tensor tensor)
    {
        ImmutableArray<long> shape = tensor.Shape;
        int first = tensor.Layout switch { TensorLayout.KernelInOut => shape.Length - 2, TensorLayout.DirectionsGatesInput => 1, _ => shape.Length == 3 && shape[0] == 1 ? 1 : 0 };
        double outputs = shape[first], inputs = shape[first + 1], kernel = tensor.Count / (outputs * inputs);
        return tensor.Layout == TensorLayout.DirectionsGatesInput ? (inputs, outputs) : (inputs * kernel, outputs * kernel);
    }

    /// <summary>
    /// Whether the kernel, flattened to outputs by inputs times positions as initialisers do, has equal singular values: either lines of equal norm at right angles, or equal singular values
    /// in each slice.
    /// </summary>
    private static bool IsOrthogonal(Layer layer, WeightMatrix weights, LayerMargins margins, LayerSpectra spectra, double tolerance)
    {
        int n = margins.RowSums.Length, m = margins.ColumnSums.Length;
        double smallest = spectra.SingularValues.Min(s => s[0]), largest = spectra.SingularValues.Max(s => s[^1]);
        if (m >= FewestLines && largest - smallest <= tolerance * largest)
            return true;
        if (layer.Slices.Length == 1)
            return false;
        return (m >= FewestLines && AreEqual(margins.ColumnSquares.AsSpan(), tolerance) && HaveRightAngles(layer, weights, byRows: false, tolerance))
            || (n >= FewestLines && n <= (long)m * layer.Slices.Length && AreEqual(margins.RowSquares.AsSpan(), tolerance) && HaveRightAngles(layer, weights, byRows: true, tolerance));
    }

    private static bool AreEqual(ReadOnlySpan<double> squares, double tolerance)
    {
        double smallest = double.PositiveInfinity, largest = 0;
        foreach (double square in squares)
            (smallest, largest) = (Math.Min(smallest, square), Math.Max(largest, square));
        return largest > 0 && largest - smallest <= 2 * tolerance * largest;
    }

    private static bool HaveRightAngles(Layer layer, WeightMatrix weights, bool byRows, double tolerance)
    {
        int lines = Math.Min(ComparedLines, byRows ? layer.Slices[0].Rows : layer.Slices[0].Columns), length = byRows ? layer.Slices[0].Columns : layer.Slices[0].Rows;
        for (int line = 1; line < lines; line++)
        {
            double product = 0, square = 0;
            foreach (MatrixSlice slice in layer.Slices)
            {
                (long across, long along) = byRows ? (slice.RowStride, slice.ColumnStride) : (slice.ColumnStride, slice.RowStride);
                for (int i = 0; i < length; i++)
                {
                    double x = weights[slice.Offset + (line * across) + (i * along)];
                    product += x * weights[slice.Offset + ((line - 1) * across) + (i * along)];
                    square += x * x;
                }
            }

            if (Math.Abs(product) > tolerance * square)
                return false;
        }

        return true;
    }
}
