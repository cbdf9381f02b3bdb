using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>Computes the spectra of a layer: of its slices, of permutations of each slice, and of Gaussian matrices of each slice's variance.</summary>
/// <remarks>
/// Slices are randomized one by one, never across slices. A replica depends on the elements, the seed, N, M, the slice and the replica number alone.
/// </remarks>
internal static class SpectrumBuilder
{
    private const int GaussianReplicas = 3;

    /// <summary>The fewest columns of a matrix that threads share: smaller ones are done before a helper has woken up.</summary>
    private const int SmallestShared = 512;

    /// <summary>Computes the spectra.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements; read anew when somebody asks for them afterwards, since permutations are made in place.</param>
    /// <param name="options">Which randomizations, and the seed.</param>
    /// <param name="cancellationToken">Stops the work within about 100 ms.</param>
    /// <param name="times">Sums where the time goes, or null.</param>
    /// <param name="team">Helps with large matrices, or null.</param>
    public static LayerSpectra Build(
        Layer layer, WeightMatrix weights, AnalysisOptions options, CancellationToken cancellationToken, StageTimes? times = null, KernelTeam? team = null) =>
        weights.Singles is { } singles
            ? Build(layer, weights, singles, options, Singular, times, team, cancellationToken)
            : Build(layer, weights, weights.Doubles!, options, Singular, times, team, cancellationToken);

    private delegate SpectrumOutcome Kernel<T>(ReadOnlySpan<T> w, int rows, int columns, Span<double> values, KernelTeam? team, CancellationToken cancellationToken);

    private static SpectrumOutcome Singular(ReadOnlySpan<float> w, int rows, int columns, Span<double> values, KernelTeam? team, CancellationToken cancellationToken) =>
        SingularValues.Compute(w, rows, columns, values, SpectrumPath.Automatic, cancellationToken, team);

    private static SpectrumOutcome Singular(ReadOnlySpan<double> w, int rows, int columns, Span<double> values, KernelTeam? team, CancellationToken cancellationToken) =>
        SingularValues.Compute(w, rows, columns, values, SpectrumPath.Automatic, cancellationToken, team);

    private static LayerSpectra Build<T>(
        Layer layer, WeightMatrix weights, ElementBuffer<T> tensor, AnalysisOptions options, Kernel<T> singular, StageTimes? times, KernelTeam? team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementBuffer<T>? copy = null;
        try
        {
            return Build(layer, weights, tensor, ref copy, options, singular, times, team, cancellationToken);
        }
        finally
        {
            copy?.Dispose();
        }
    }

    private static LayerSpectra Build<T>(
        Layer layer, WeightMatrix weights, ElementBuffer<T> tensor, ref ElementBuffer<T>? copy, AnalysisOptions options, Kernel<T> singular, StageTimes? times, KernelTeam? team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool permute = options.Randomize is Randomization.Permute or Randomization.Both;
        bool gaussian = options.Randomize is Randomization.Gaussian or Randomization.Both;
        int replicas = permute ? ReplicaCount.Of(layer) : 0;
        if (replicas == 2 && ReplicaCount.OneIsEnough(layer, options))
            replicas = 1;

        // A permutation is one of many, and another one is farther away than rounding: but not its smallest eigenvalues, which decide about the inverse.
        ProductPrecision precision = options.Inverse ? ProductPrecision.Double : ProductPrecision.Single;
        int gaussianReplicas = gaussian ? GaussianReplicas : 0;
        int count = layer.NumEvals;
        List<double[]> singularValues = [];
        List<RandomizedSlice> slices = [];
        double[] eigenvalues = new double[count];
        double[][] permuted = [.. Enumerable.Range(0, replicas).Select(_ => new double[count])];
        double[][] gaussians = [.. Enumerable.Range(0, gaussianReplicas).Select(_ => new double[count])];
        EntrySample? sample = null;
        List<(double[] Spectrum, int Replica, int At)> drawn = [];
        int order = layer.Slices[0].Columns;
        using GramEigenvaluesBatch? batch = permute && order is >= 1 and <= GramEigenvaluesBatch.LargestOrder ? GramEigenvaluesBatch.Of(order) : null;
        int at = 0;
        for (int index = 0; index < layer.Slices.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long clock = Stopwatch.GetTimestamp();
            MatrixSlice slice = layer.Slices[index];
            int sliceId = layer.SliceId ?? index;
            KernelTeam? helpers = slice.Columns >= SmallestShared ? team : null;
            SliceMatrix<T> matrix = WeightMatrix.Slice(tensor, slice, ref copy);
            Span<T> elements = matrix.Elements.Span;
            double[] values = new double[slice.Columns];
            SpectrumOutcome outcome = singular(elements, matrix.Rows, matrix.Columns, values, helpers, cancellationToken);
            if (outcome != SpectrumOutcome.Converged)
                return new LayerSpectra { Outcome = outcome };
            for (int i = 0; i < values.Length; i++)
                eigenvalues[at + i] = values[i] * values[i];
            singularValues.Add(values);
            clock = times?.Add(AnalysisStage.Spectrum, clock) ?? clock;
            if (permute || gaussian)
            {
                // From here on the elements are only needed in order of value, and then in any order: nothing is copied.
                if (matrix.Elements == tensor)
                    weights.Disorder<T>();
                Permutation.Sort(elements, cancellationToken);
                EntryStatistics entries = EntryStatistics.Of<T>(elements, cancellationToken);
                sample = layer.Slices.Length == 1 ? EntrySample.Of<T>(elements, cancellationToken) : null;
                double tail = TailIndex<T>(elements, entries.Mean);
                SpikedDraws? spiked = replicas == 1 ? SpikedDraws.Of<T>(elements, entries, slice.Rows, slice.Columns, options.Seed, sliceId, cancellationToken) : null;

                double sigma = gaussian ? StandardDeviation<T>(elements, cancellationToken) : 0;
                clock = times?.Add(AnalysisStage.Permute, clock) ?? clock;
                // Where the squares of the entries overflow there is no standard deviation, and nothing is measured of this layer.
                for (int replica = 0; replica < gaussianReplicas && double.IsFinite(sigma); replica++)
                {
                    // The spectrum of a Gaussian matrix can be drawn without the matrix.
                    RandomSource random = new(options.Seed, RandomPurpose.Gaussian, slice.Rows, slice.Columns, sliceId, replica);
                    Span<double> gauss = gaussians[replica].AsSpan(at, slice.Columns);
                    outcome = BetaLaguerre.Draw(slice.Rows, slice.Columns, sigma, () => random.NextUnit(), () => random.NextNormal(), gauss, cancellationToken);
                    if (outcome != SpectrumOutcome.Converged)
                        return new LayerSpectra { Outcome = outcome };
                }

                clock = times?.Add(AnalysisStage.Drawn, clock) ?? clock;
                ImmutableArray<double[]>.Builder spectra = ImmutableArray.CreateBuilder<double[]>(replicas);
                for (int replica = 0; replica < replicas; replica++)
                {
                    // A permutation of a permutation is one as well, and independent of the first.
                    RandomSource random = new(options.Seed, RandomPurpose.Permutation, slice.Rows, slice.Columns, sliceId, replica);
                    Permutation.Shuffle(elements, ref random, cancellationToken);
                    clock = times?.Add(AnalysisStage.Permute, clock) ?? clock;
                    double[] spectrum = new double[slice.Columns];
                    outcome = batch is not null && slice.Columns == order
                        ? batch.Add<T>(elements, slice.Rows, slice.Columns, spectrum, cancellationToken)
                        : GramEigenvalues.Compute<T>(elements, slice.Rows, slice.Columns, spectrum, precision, cancellationToken, helpers);
                    if (outcome != SpectrumOutcome.Converged)
                        return new LayerSpectra { Outcome = outcome };
                    drawn.Add((spectrum, replica, at));
                    spectra.Add(spectrum);
                    clock = times?.Add(AnalysisStage.Permuted, clock) ?? clock;
                }

                if (permute)
                {
                    // Only where an entry is huge, and not one of many, does it matter where: then they are read once more in the order in which they are stored.
                    ImmutableArray<LargeEntry> largest = entries.Below + entries.Above == 0 || tail < RandomizedSlice.SmallestTailIndex
                        ? []
                        : LargeEntries.Find(WeightMatrix.Slice(weights.Elements<T>(), slice, ref copy), entries, cancellationToken);
                    slices.Add(new RandomizedSlice(entries, spectra.MoveToImmutable(), largest, tail, spiked));
                    times?.Add(AnalysisStage.Permute, clock);
                }
            }

            at += slice.Columns;
        }

        if (batch is not null)
        {
            long clock = Stopwatch.GetTimestamp();
            SpectrumOutcome outcome = batch.Flush(cancellationToken);
            if (outcome != SpectrumOutcome.Converged)
                return new LayerSpectra { Outcome = outcome };
            times?.Add(AnalysisStage.Permuted, clock);
        }

        foreach ((double[] spectrum, int replica, int start) in drawn)
            spectrum.CopyTo(permuted[replica], start);
        bool alike = layer.Slices.All(slice => slice.Columns == order);
        foreach (double[] spectrum in (IEnumerable<double[]>)[eigenvalues, .. permuted, .. gaussians])
        {
            if (alike)
                SortedRuns.Merge(spectrum, order);
            else
                Array.Sort(spectrum);
        }

        return new LayerSpectra
        {
            Outcome = SpectrumOutcome.Converged,
            Eigenvalues = eigenvalues,
            SingularValues = [.. singularValues],
            Slices = [.. slices],
            Permuted = [.. permuted],
            PermutedPrecision = batch is not null && alike ? ProductPrecision.Double : precision,
            Gaussian = [.. gaussians],
            Entries = sample,
            SliceShape = (layer.Slices[0].Rows, layer.Slices[0].Columns),
        };
    }

    private static double StandardDeviation<T>(ReadOnlySpan<T> sorted, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double origin = double.CreateChecked(sorted[sorted.Length / 2]);
        (double sum, double squares, _) = EntrySums.About(sorted, origin, cancellationToken);
        double mean = sum / sorted.Length;
        return Math.Sqrt(Math.Max(0, (squares / sorted.Length) - (mean * mean)));
    }

    /// <summary>Hill (1975): the reciprocal of the mean log excess over the smallest of the k largest distances from the mean.</summary>
    private static double TailIndex<T>(ReadOnlySpan<T> sorted, double mean)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = Math.Min(sorted.Length - 1, Math.Max(20, sorted.Length / 100));
        if (k < 1)
            return double.PositiveInfinity;
        double logs = 0, smallest = 0;
        int low = 0, high = sorted.Length - 1;
        for (int i = 0; i <= k; i++)
        {
            double below = mean - double.CreateChecked(sorted[low]), above = double.CreateChecked(sorted[high]) - mean;
            smallest = Math.Max(below, above);
            _ = below >= above ? low++ : high--;
            if (i < k)
                logs += Math.Log(smallest);
        }

        double excess = (logs / k) - Math.Log(smallest);
        return excess > 0 ? 1 / excess : double.PositiveInfinity;
    }
}
