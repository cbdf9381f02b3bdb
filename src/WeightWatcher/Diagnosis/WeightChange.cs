using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>How the weights of a layer differ from those of the same layer in another checkpoint, and what kind of change that is.</summary>
/// <remarks>
/// The spectrum of the difference tells the kinds apart: rounding and noise make a Marchenko-Pastur bulk without spikes, an adapter has few singular values above the rounding
/// of the stored weights, and learning turns directions that stand out of a bulk.
/// </remarks>
internal static class WeightChange
{
    /// <summary>The most columns of a matrix for the columns that need its Gram matrix.</summary>
    public const int MostColumns = 4096;

    /// <summary>How many leading directions are followed.</summary>
    private const int Followed = 9;

    /// <summary>A singular value of the difference counts when it exceeds this many times what rounding of one of the two can leave.</summary>
    private const double RoundingMargin = 2;

    /// <summary>Weights that take more bits than these are not called quantized.</summary>
    private const double MostCodeBits = 8.5;

    /// <summary>A bulk closer than this to the Marchenko-Pastur law is noise.</summary>
    private const double NoiseDistance = 0.05;

    /// <summary>Weights whose cosine with the baseline's is within so many standard deviations of that of independent matrices have nothing left of them; where there are enough to tell.</summary>
    private const double UnrelatedDeviations = 4, FewestUnrelated = 256;

    /// <summary>Sets the columns of a layer that did not change.</summary>
    public static void MeasureNone(MetricRow row)
    {
        foreach (string zero in (ReadOnlySpan<string>)["delta_frobenius", "delta_relative", "delta_rank", "delta_spikes", "delta_top_angle"])
            row.Set(zero, 0);
        foreach (string one in (ReadOnlySpan<string>)["delta_cosine", "delta_cka", "delta_ww_cka"])
            row.Set(one, 1);
        foreach (string none in (ReadOnlySpan<string>)["delta_stable_rank", "delta_mp_distance"])
            row.Set(none, Measurement.NotApplicable("the weights are the baseline's"));
    }

    /// <summary>Sets all columns without a value.</summary>
    public static void MeasureNothing(MetricRow row, Measurement reason)
    {
        foreach (MetricDefinition column in ChangeCatalog.Columns)
            row.Set(column.Name, reason);
    }

    /// <summary>Measures a layer beside another of equal shape.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements, finite.</param>
    /// <param name="baseline">The same layer of the other checkpoint.</param>
    /// <param name="before">Its tensor's elements, finite.</param>
    /// <param name="spikes">How many directions of the baseline stand out of its bulk; null when that is not known.</param>
    /// <param name="bitsBefore">The baseline's value_bits; zero when that is not known.</param>
    /// <param name="row">Receives the columns; has those of the layer's health already.</param>
    /// <param name="ct">Stops the work.</param>
    /// <returns>The kind of change.</returns>
    public static string Measure(Layer layer, WeightMatrix weights, Layer baseline, WeightMatrix before, int? spikes, double bitsBefore, MetricRow row, CancellationToken ct)
    {
        double now = 0, then = 0, difference = 0, product = 0, linear = 0, root = 0;
        int rank = 0, rows = layer.Slices[0].Rows, columns = layer.Slices[0].Columns;
        double epsilon = Math.Max(layer.Tensor.StoredEpsilon, baseline.Tensor.StoredEpsilon);
        List<double> eigenvalues = [];
        Outcome<CenteredKernelAlignment>? alike = null;
        Outcome<double> angle = Outcome.NotApplicable<double>("several slices have no common directions");
        for (int s = 0; s < layer.Slices.Length; s++)
        {
            ct.ThrowIfCancellationRequested();
            double[] x = Elements(weights, layer.Slices[s]), y = Elements(before, baseline.Slices[s]), delta = new double[x.Length];
            for (int i = 0; i < x.Length; i++)
                delta[i] = x[i] - y[i];
            now += MatrixProduct.Dot(x, x);
            then += MatrixProduct.Dot(y, y);
            product += MatrixProduct.Dot(x, y);
            difference += MatrixProduct.Dot(delta, delta);
            double[] values = new double[columns];
            if (SingularValues.Compute(delta, rows, columns, values, SpectrumPath.Automatic, ct) != SpectrumOutcome.Converged)
            {
                MeasureNothing(row, Measurement.Failed("the singular values of the difference did not converge"));
                return "unknown";
            }

            double size = Math.Max(MatrixProduct.Dot(x, x), MatrixProduct.Dot(y, y)) / x.Length;
            double rounding = RoundingMargin * (Math.Sqrt(rows) + Math.Sqrt(columns)) * Math.Sqrt(size / 12) * epsilon;
            rank += values.Count(v => v > rounding);
            eigenvalues.AddRange(values.Select(v => v * v));
            if (columns > MostColumns)
                continue;
            double[] gramX = MatrixProduct.TransposedTimes(x, x, rows, columns, columns, ct), gramY = MatrixProduct.TransposedTimes(y, y, rows, columns, columns, ct);
            Outcome<CenteredKernelAlignment> slice = CenteredKernelAlignment.Of(x, y, rows, columns, gramX, gramY, ct);
            alike = alike is { IsSuccess: false } ? alike : slice;
            linear += slice.IsSuccess ? slice.Value.Linear / layer.Slices.Length : 0;
            root += slice.IsSuccess ? slice.Value.UncenteredRoot / layer.Slices.Length : 0;
            if (layer.Slices.Length == 1)
                angle = TopAngle(gramX, gramY, columns, spikes, ct);
        }

        double[] spectrum = [.. eigenvalues.Order()];
        row.Set("delta_frobenius", Math.Sqrt(difference));
        row.Set("delta_relative", Relative(Math.Sqrt(difference), Math.Sqrt(then)));
        row.Set("delta_cosine", Relative(product, Math.Sqrt(now) * Math.Sqrt(then)));
        Outcome<CenteredKernelAlignment> alignment = alike ?? Outcome.NotApplicable<CenteredKernelAlignment>($"more than {MostColumns} columns");
        row.Set("delta_cka", alignment.Select(_ => linear));
        row.Set("delta_ww_cka", alignment.Select(_ => root));
        row.Set("delta_rank", rank);
        row.Set("delta_stable_rank", NormMetrics.StableRank(spectrum));
        Outcome<RobustBulk> bulk = RobustBulk.Fit(spectrum, rows, columns, RobustBulkOptions.Default with { Slices = layer.Slices.Length });
        row.Set(bulk, ("delta_spikes", b => b.NumSpikes), ("delta_mp_distance", b => b.D));
        row.Set("delta_top_angle", columns > MostColumns ? Outcome.NotApplicable<double>($"more than {MostColumns} columns") : angle);
        if (difference == 0)
            return "none";
        if (RoundedTo(layer, weights, baseline, before) is { } format)
            return $"rounded to {format}";
        if (rank == 0)
            return "rounded";
        if (row["value_bits"] is { IsSuccess: true } bits && bits.Value <= MostCodeBits && bits.Value + 2 <= bitsBefore && Math.Sqrt(difference) < Math.Sqrt(then))
            return FormattableString.Invariant($"rounded to {Math.Ceiling(bits.Value):F0} bits");
        // Of independent matrices the cosine has a standard deviation of one over the root of the number of weights.
        double count = (double)rows * columns * layer.Slices.Length;
        if (Math.Abs(product) * Math.Sqrt(count) < UnrelatedDeviations * Math.Sqrt(now) * Math.Sqrt(then) && count >= FewestUnrelated)
            return "replaced";
        if (rank <= spectrum.Length / 4)
            return FormattableString.Invariant($"low rank ({rank})");
        return bulk.TryGetValue(out RobustBulk? found) && found.NumSpikes == 0 && found.D < NoiseDistance + (1.0 / columns) ? "noise" : "learned";
    }

    private static Outcome<double> Relative(double value, double reference) =>
        reference > 0 ? Outcome.Finite(value / reference, "the ratio") : Outcome.NotApplicable<double>("a matrix is zero");

    /// <summary>The angle between the directions before the widest gap among the first that stand out of the baseline's bulk.</summary>
    internal static Outcome<double> TopAngle(double[] gram, double[] before, int columns, int? spikes, CancellationToken ct)
    {
        int most = Math.Min(Math.Min(Followed - 1, spikes ?? 0), columns / 2);
        if (most < 1)
            return Outcome.NotApplicable<double>(spikes is null ? "the baseline's spikes are not known" : "no direction of the baseline stands out");
        LeadingDirections first = LeadingDirections.Of(before, columns, Math.Min(Followed, columns), ct), second = LeadingDirections.Of(gram, columns, Math.Min(Followed, columns), ct);
        int count = Enumerable.Range(1, most).MaxBy(k => first.Values[k - 1] / Math.Max(first.Values[k], double.Epsilon));
        return Outcome.Success(LeadingDirections.LargestAngle(first, second, count));
    }

    /// <summary>The number format that the baseline's weights were rounded to, up or down, when every weight is such a number.</summary>
    private static string? RoundedTo(Layer layer, WeightMatrix weights, Layer baseline, WeightMatrix before)
    {
        bool half = true, brain = true, single = true;
        for (int s = 0; s < layer.Slices.Length && (half || brain || single); s++)
        {
            MatrixSlice a = layer.Slices[s], b = baseline.Slices[s];
            for (int i = 0; i < a.Rows; i++)
            {
                for (int j = 0; j < a.Columns; j++)
                {
                    double x = weights[a.Offset + (i * a.RowStride) + (j * a.ColumnStride)], y = before[b.Offset + (i * b.RowStride) + (j * b.ColumnStride)];
                    double step = Math.Abs(x - y), size = Math.Abs(y);
                    single &= x == (float)x && step <= Math.ScaleB(size, -23);
                    half &= x == (double)(Half)x && step <= Math.ScaleB(size, -10) + Math.ScaleB(1, -24);
                    brain &= (BitConverter.SingleToUInt32Bits((float)x) & 0xFFFF) == 0 && x == (float)x && step <= Math.ScaleB(size, -7);
                }
            }
        }

        return single ? "f32" : half ? "f16" : brain ? "bf16" : null;
    }

    internal static double[] Elements(WeightMatrix weights, MatrixSlice slice)
    {
        double[] elements = new double[slice.Rows * slice.Columns];
        for (int i = 0, at = 0; i < slice.Rows; i++)
        {
            for (int j = 0; j < slice.Columns; j++)
                elements[at++] = weights[slice.Offset + (i * slice.RowStride) + (j * slice.ColumnStride)];
        }

        return elements;
    }
}
