using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>
/// The sums and the sums of squares of a matrix along its lines and across them, in one pass over memory. Both are four partial sums, over the indices of each remainder of
/// four, so that rows taken for lines and columns taken for lines give the same bits.
/// </summary>
internal sealed class LineSums
{
    /// <summary>How many partial sums there are: lines of indices that differ by so much go to the same one.</summary>
    public const int Parts = 4;

    /// <summary>How many lines are added together: four to each partial sum across lines, which so is read and written a quarter as often.</summary>
    public const int Together = 4 * Parts;

    private readonly double[][] _across, _acrossSquares;
    private readonly int _length;

    /// <summary>Sums of a matrix of so many lines of a length.</summary>
    public LineSums(int lines, int length)
    {
        _length = length;
        int padded = Padded(length), whole = (lines + Together - 1) / Together * Together;
        _across = [.. Enumerable.Range(0, Parts).Select(_ => new double[padded])];
        _acrossSquares = [.. Enumerable.Range(0, Parts).Select(_ => new double[padded])];
        (Along, AlongSquares) = (new double[whole], new double[whole]);
    }

    /// <summary>The sum of each line, and then zeros.</summary>
    public double[] Along { get; }

    /// <summary>The sum of the squares of each line, and then zeros.</summary>
    public double[] AlongSquares { get; }

    /// <summary>The sum over the lines of what each has at an index, and then zeros; after <see cref="Complete"/>.</summary>
    public double[] Across => _across[0];

    /// <summary>The sum of the squares, likewise.</summary>
    public double[] AcrossSquares => _acrossSquares[0];

    /// <summary>How many entries the lines of a length have with the zeros behind them: a multiple of four.</summary>
    public static int Padded(int length) => (length + Parts - 1) / Parts * Parts;

    /// <summary>Forgets what was added: the lines of another matrix come.</summary>
    public void Clear()
    {
        for (int part = 0; part < Parts; part++)
        {
            Array.Clear(_across[part]);
            Array.Clear(_acrossSquares[part]);
        }
    }

    /// <summary>Adds four lines whose indices differ by <see cref="Parts"/>; where there are no more lines, zeros. All have <see cref="Padded"/> entries.</summary>
    /// <param name="line">The index of the first: the remainder of a division by <see cref="Together"/> is less than <see cref="Parts"/>.</param>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    /// <param name="c">The third.</param>
    /// <param name="d">The fourth.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add<T>(int line, ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d)
        where T : unmanaged
    {
        int padded = Padded(_length);
        if (a.Length != padded || b.Length != padded || c.Length != padded || d.Length != padded)
            throw new ArgumentException($"A line has {padded} entries.", nameof(a));
        double[] sums = _across[line % Parts], squares = _acrossSquares[line % Parts];
        AlongLine first = default, second = default, third = default, fourth = default;
        for (int i = 0; i < sums.Length; i += Parts)
        {
            Vector256<double> sum = Vector256.LoadUnsafe(ref sums[i]), square = Vector256.LoadUnsafe(ref squares[i]);
            first.Add(WideEntries.Four(a, i), ref sum, ref square);
            second.Add(WideEntries.Four(b, i), ref sum, ref square);
            third.Add(WideEntries.Four(c, i), ref sum, ref square);
            fourth.Add(WideEntries.Four(d, i), ref sum, ref square);
            sum.StoreUnsafe(ref sums[i]);
            square.StoreUnsafe(ref squares[i]);
        }

        first.Keep(Along, AlongSquares, line);
        second.Keep(Along, AlongSquares, line + Parts);
        third.Keep(Along, AlongSquares, line + (2 * Parts));
        fourth.Keep(Along, AlongSquares, line + (3 * Parts));
    }

    /// <summary>Adds up the partial sums across the lines.</summary>
    public void Complete()
    {
        for (int i = 0; i < _length; i++)
        {
            Across[i] = (_across[0][i] + _across[1][i]) + (_across[2][i] + _across[3][i]);
            AcrossSquares[i] = (_acrossSquares[0][i] + _acrossSquares[1][i]) + (_acrossSquares[2][i] + _acrossSquares[3][i]);
        }
    }

    /// <summary>The partial sums of one line.</summary>
    private struct AlongLine
    {
        private Vector256<double> _sum, _square;

        /// <summary>Adds four entries to the line's sums and to those across.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector256<double> x, ref Vector256<double> sum, ref Vector256<double> square)
        {
            Vector256<double> squared = x * x;
            _sum += x;
            _square += squared;
            sum += x;
            square += squared;
        }

        public readonly void Keep(double[] sums, double[] squares, int line)
        {
            sums[line] = (_sum[0] + _sum[1]) + (_sum[2] + _sum[3]);
            squares[line] = (_square[0] + _square[1]) + (_square[2] + _square[3]);
        }
    }
}
