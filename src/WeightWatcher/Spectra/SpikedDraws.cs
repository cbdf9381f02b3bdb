using System.Collections.Immutable;
using System.Numerics;
using WeightWatcher.Distributions;

namespace WeightWatcher.Spectra;

/// <summary>
/// The largest eigenvalues of further permutations of a matrix, drawn without these matrices. What differs from one permutation to the next is mostly where the large entries lie: which share a row or a column, and
/// how long the rest of these is. So only they are dealt to places, the rest of a line is drawn as the sum of many squares, and each large entry raises the eigenvalue of <see cref="SpikedModel"/>.
/// </summary>
/// <param name="Largest">For each draw the eigenvalues above the bulk, descending, filled up with its edge to one length; in the units of the spectrum.</param>
/// <param name="BulkSquares">The sum of the squared distances from the mean of all other entries, in the same units.</param>
internal sealed record SpikedDraws(ImmutableArray<double[]> Largest, double BulkSquares)
{
    /// <summary>How many permutations are drawn.</summary>
    private const int Draws = 64;

    /// <summary>Entries beyond this share of the BBP size are dealt to places: four of a quarter of its square in one row raise an eigenvalue together, as one of the whole would.</summary>
    private const double SmallestShare = 0.5;

    /// <summary>The most entries that are dealt.</summary>
    private const int MostEntries = 4096;

    /// <summary>The variance of the other entries is at least this share of the smallest of the large squares.</summary>
    private const double NoBulk = 1e-12;

    /// <summary>Draws, or null when no draw has an eigenvalue above the bulk.</summary>
    /// <param name="sorted">The entries of the matrix, finite, ascending.</param>
    /// <param name="entries">Their location and spread.</param>
    /// <param name="n">N.</param>
    /// <param name="m">M, at most N.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="slice">The slice, from 0.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static SpikedDraws? Of<T>(ReadOnlySpan<T> sorted, EntryStatistics entries, int n, int m, ulong seed, int slice, CancellationToken cancellationToken)
        where T : unmanaged, INumberBase<T>
    {
        double[] squares = LargeSquares(sorted, entries, out int below);
        int above = squares.Length - below, rest = sorted.Length - squares.Length;
        if (squares.Length == 0 || rest == 0)
            return null;
        ReadOnlySpan<T> others = sorted[below..^above];
        (_, double restSquares, double restFourths) = EntrySums.About(others, entries.Mean, cancellationToken);

        // Where all others are equal there is no bulk: then its edge lies far below the least eigenvalue of a large entry.
        double variance = Math.Max(restSquares / rest, NoBulk * squares[^1]);
        double spread = double.IsNormal(restFourths) ? Math.Sqrt(Math.Max(0, (restFourths / rest) - (variance * variance))) : SpreadOfSquares(others, entries.Mean, variance);
        if (!(variance > 0 && double.IsFinite(spread) && double.IsFinite(squares[0])))
            return null;

        // In units of a power of two near the largest square, so that the squares of these do not leave the range of a double either.
        double unit = Math.ScaleB(1, Math.ILogB(squares[0]));
        for (int i = 0; i < squares.Length; i++)
            squares[i] /= unit;
        variance /= unit;
        spread /= unit;

        SpikedModel model = new(n, m, variance);
        List<double>[] raised = new List<double>[Draws];
        Lines rows = new(n, squares.Length), columns = new(m, squares.Length);
        for (int draw = 0; draw < Draws; draw++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomSource random = new(seed, RandomPurpose.Spikes, n, m, slice, draw);
            rows.Deal(squares, ref random);
            columns.Deal(squares, ref random);
            raised[draw] = [];
            for (int i = 0; i < squares.Length; i++)
            {
                // An entry beside a larger one only makes that one's line longer.
                if (rows.IsTaken(i) || columns.IsTaken(i))
                    continue;
                rows.Take(i);
                columns.Take(i);
                (double ofRow, double ofColumn) = random.NextNormals();
                double row = rows.Beside(i, squares[i]) + Math.Max(0, (m * variance) + (Math.Sqrt(m) * spread * ofRow));
                double column = columns.Beside(i, squares[i]) + Math.Max(0, (n * variance) + (Math.Sqrt(n) * spread * ofColumn));
                if (model.Eigenvalue(squares[i], row, column) is { } eigenvalue)
                    raised[draw].Add(eigenvalue);
            }
        }

        int most = Math.Min(m, raised.Max(r => r.Count));
        return most == 0 ? null : new SpikedDraws([.. raised.Select(r => r.OrderDescending().Concat(Enumerable.Repeat(model.Edge, most)).Take(most).Select(v => v * unit).ToArray())], restSquares);
    }

    /// <summary>The squared distances from the mean of the large entries, descending, and how many of these entries lie below the mean.</summary>
    private static double[] LargeSquares<T>(ReadOnlySpan<T> sorted, EntryStatistics entries, out int below)
        where T : unmanaged, INumberBase<T>
    {
        List<double> squares = [];
        double smallest = SmallestShare * entries.BbpSize;
        int above = 0;
        below = 0;
        while (below + above < Math.Min(sorted.Length, MostEntries))
        {
            double low = entries.Mean - double.CreateChecked(sorted[below]), high = double.CreateChecked(sorted[^(above + 1)]) - entries.Mean, largest = Math.Max(low, high);
            if (!(largest > smallest))
                break;
            squares.Add(largest * largest);
            _ = low >= high ? below++ : above++;
        }

        return [.. squares];
    }

    /// <summary>The standard deviation of the squared distances from the mean, where their squares leave the range of a double.</summary>
    private static double SpreadOfSquares<T>(ReadOnlySpan<T> entries, double mean, double variance)
        where T : unmanaged, INumberBase<T>
    {
        double unit = Math.Sqrt(variance), fourths = 0;
        foreach (T entry in entries)
            fourths += Math.Pow((double.CreateChecked(entry) - mean) / unit, 4);
        return variance * Math.Sqrt(Math.Max(0, (fourths / entries.Length) - 1));
    }

    /// <summary>The rows, or the columns, to which large entries are dealt.</summary>
    private sealed class Lines(int count, int entries)
    {
        private readonly int[] _lines = new int[entries];
        private readonly double[] _sums = new double[count];
        private readonly bool[] _taken = new bool[count];

        /// <summary>Deals each entry to any of the lines.</summary>
        public void Deal(ReadOnlySpan<double> squares, ref RandomSource random)
        {
            foreach (int line in _lines)
                (_sums[line], _taken[line]) = (0, false);
            for (int i = 0; i < _lines.Length; i++)
            {
                _lines[i] = (int)random.NextBelow((uint)count);
                _sums[_lines[i]] += squares[i];
            }
        }

        public bool IsTaken(int entry) => _taken[_lines[entry]];

        public void Take(int entry) => _taken[_lines[entry]] = true;

        /// <summary>The sum of the squares of the other large entries of an entry's line.</summary>
        public double Beside(int entry, double square) => Math.Max(0, _sums[_lines[entry]] - square);
    }
}
