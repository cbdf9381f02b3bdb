using System.Collections.Immutable;
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

    /// <summary>Computes the spectra.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="options">Which randomizations, and the seed.</param>
    /// <param name="cancellationToken">Stops the work within about 100 ms.</param>
    public static LayerSpectra Build(Layer layer, WeightMatrix weights, AnalysisOptions options, CancellationToken cancellationToken) =>
        weights.Singles is { } singles
            ? Build(layer, singles, options, Singular, Gram, cancellationToken)
            : Build(layer, weights.Doubles!, options, Singular, Gram, cancellationToken);

    /// <summary>
    /// How many permuted replicas a layer gets: 11 for small layers, whose single draws scatter, 5 for middle ones, 3 for large ones.
    /// Odd, so that the median is one of them.
    /// </summary>
    internal static int Replicas(double work) => work <= 1 << 26 ? 11 : work <= 1L << 33 ? 5 : 3;

    private delegate SpectrumOutcome Kernel<T>(ReadOnlySpan<T> w, int rows, int columns, Span<double> values, CancellationToken cancellationToken);

    private static SpectrumOutcome Singular(ReadOnlySpan<float> w, int rows, int columns, Span<double> values, CancellationToken cancellationToken) =>
        SingularValues.Compute(w, rows, columns, values, SpectrumPath.Automatic, cancellationToken);

    private static SpectrumOutcome Singular(ReadOnlySpan<double> w, int rows, int columns, Span<double> values, CancellationToken cancellationToken) =>
        SingularValues.Compute(w, rows, columns, values, SpectrumPath.Automatic, cancellationToken);

    private static SpectrumOutcome Gram(ReadOnlySpan<float> w, int rows, int columns, Span<double> values, CancellationToken cancellationToken) =>
        GramEigenvalues.Compute(w, rows, columns, values, cancellationToken);

    private static SpectrumOutcome Gram(ReadOnlySpan<double> w, int rows, int columns, Span<double> values, CancellationToken cancellationToken) =>
        GramEigenvalues.Compute(w, rows, columns, values, cancellationToken);

    private static LayerSpectra Build<T>(
        Layer layer, T[] tensor, AnalysisOptions options, Kernel<T> singular, Kernel<T> gram, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool permute = options.Randomize is Randomization.Permute or Randomization.Both;
        bool gaussian = options.Randomize is Randomization.Gaussian or Randomization.Both;
        int replicas = permute ? Replicas(layer.Work) : 0;
        int gaussianReplicas = gaussian ? GaussianReplicas : 0;
        int count = layer.NumEvals;
        List<double[]> singularValues = [];
        List<RandomizedSlice> slices = [];
        double[] eigenvalues = new double[count];
        double[][] permuted = [.. Enumerable.Range(0, replicas).Select(_ => new double[count])];
        double[][] gaussians = [.. Enumerable.Range(0, gaussianReplicas).Select(_ => new double[count])];
        int at = 0;
        for (int index = 0; index < layer.Slices.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MatrixSlice slice = layer.Slices[index];
            int sliceId = layer.SliceId ?? index;
            SliceMatrix<T> matrix = WeightMatrix.Slice(tensor, slice);
            double[] values = new double[slice.Columns];
            SpectrumOutcome outcome = singular(matrix.Elements, matrix.Rows, matrix.Columns, values, cancellationToken);
            if (outcome != SpectrumOutcome.Converged)
                return new LayerSpectra { Outcome = outcome };
            for (int i = 0; i < values.Length; i++)
                eigenvalues[at + i] = values[i] * values[i];

            singularValues.Add(values);
            if (permute || gaussian)
            {
                T[] sorted = (T[])matrix.Elements.Clone();
                Permutation.Sort<T>(sorted, cancellationToken);
                EntryStatistics entries = EntryStatistics.Of<T>(sorted);
                ImmutableArray<double[]>.Builder spectra = ImmutableArray.CreateBuilder<double[]>(replicas);
                T[] work = replicas > 0 ? new T[sorted.Length] : [];
                for (int replica = 0; replica < replicas; replica++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    sorted.CopyTo(work, 0);
                    RandomSource random = new(options.Seed, RandomPurpose.Permutation, slice.Rows, slice.Columns, sliceId, replica);
                    Permutation.Shuffle<T>(work, ref random, cancellationToken);
                    outcome = gram(work, slice.Rows, slice.Columns, permuted[replica].AsSpan(at, slice.Columns), cancellationToken);
                    if (outcome != SpectrumOutcome.Converged)
                        return new LayerSpectra { Outcome = outcome };
                    spectra.Add(permuted[replica].AsSpan(at, slice.Columns).ToArray());
                }

                double sigma = StandardDeviation(sorted);
                for (int replica = 0; replica < gaussianReplicas; replica++)
                {
                    // The spectrum of a Gaussian matrix can be drawn without the matrix.
                    RandomSource random = new(options.Seed, RandomPurpose.Gaussian, slice.Rows, slice.Columns, sliceId, replica);
                    Span<double> drawn = gaussians[replica].AsSpan(at, slice.Columns);
                    outcome = BetaLaguerre.Draw(slice.Rows, slice.Columns, sigma, () => random.NextUnit(), () => random.NextNormal(), drawn, cancellationToken);
                    if (outcome != SpectrumOutcome.Converged)
                        return new LayerSpectra { Outcome = outcome };
                }

                if (permute)
                    slices.Add(new RandomizedSlice(entries, spectra.MoveToImmutable(), LargestEntries(matrix, entries), TailIndex(sorted, entries.Mean)));
            }

            at += slice.Columns;
        }

        Array.Sort(eigenvalues);
        foreach (double[] replica in permuted)
            Array.Sort(replica);
        foreach (double[] replica in gaussians)
            Array.Sort(replica);
        return new LayerSpectra
        {
            Outcome = SpectrumOutcome.Converged,
            Eigenvalues = eigenvalues,
            SingularValues = [.. singularValues],
            Slices = [.. slices],
            Permuted = [.. permuted],
            Gaussian = [.. gaussians],
        };
    }

    private static double StandardDeviation<T>(T[] entries)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double origin = double.CreateChecked(entries[entries.Length / 2]);
        double sum = 0, squares = 0;
        foreach (T entry in entries)
        {
            double x = double.CreateChecked(entry) - origin;
            sum += x;
            squares += x * x;
        }

        double mean = sum / entries.Length;
        return Math.Sqrt(Math.Max(0, (squares / entries.Length) - (mean * mean)));
    }

    private static ImmutableArray<LargeEntry> LargestEntries<T>(SliceMatrix<T> matrix, EntryStatistics entries)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (entries.Below + entries.Above == 0)
            return [];
        PriorityQueue<LargeEntry, double> largest = new();
        for (int i = 0; i < matrix.Elements.Length; i++)
        {
            double value = double.CreateChecked(matrix.Elements[i]);
            double distance = Math.Abs(value - entries.Mean);
            if (distance <= entries.BbpSize)
                continue;
            (int row, int column) = Math.DivRem(i, matrix.Columns);
            LargeEntry entry = matrix.IsTransposed ? new(value, column, row) : new(value, row, column);
            if (largest.Count < RandomizedSlice.MostLargest)
                largest.Enqueue(entry, distance);
            else
                largest.EnqueueDequeue(entry, distance);
        }

        return
        [
            .. largest.UnorderedItems.OrderByDescending(e => e.Priority).ThenBy(e => e.Element.Row).ThenBy(e => e.Element.Column).Select(e => e.Element),
        ];
    }

    /// <summary>Hill (1975): the reciprocal of the mean log excess over the smallest of the k largest distances from the mean.</summary>
    private static double TailIndex<T>(T[] sorted, double mean)
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
