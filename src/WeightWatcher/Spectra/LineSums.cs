using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>
/// The sums and the sums of squares of a matrix along its lines and across them, in one pass over memory. Both are four partial sums, over the indices of each remainder of
/// four, so that rows taken for lines and columns taken for lines give the same bits.
/// </summary>
internal sealed class LineSums
{
    private const int Parts = 4;

    private readonly double[] entries;
    private readonly double[][] across, acrossSquares;
    private readonly int length;

    /// <summary>Sums of a matrix of so many lines of a length.</summary>
    public LineSums(int lines, int length)
    {
        Lines = lines;
        this.length = length;
        int padded = (length + Parts - 1) / Parts * Parts;
        entries = new double[padded];
        across = [.. Enumerable.Range(0, Parts).Select(_ => new double[padded])];
        acrossSquares = [.. Enumerable.Range(0, Parts).Select(_ => new double[padded])];
        Along = new double[lines];
        AlongSquares = new double[lines];
    }

    /// <summary>How many lines there are.</summary>
    public int Lines { get; }

    /// <summary>The sum of each line.</summary>
    public double[] Along { get; }

    /// <summary>The sum of the squares of each line.</summary>
    public double[] AlongSquares { get; }

    /// <summary>The sum over the lines of what each has at an index; after <see cref="Complete"/>. What is beyond the length of a line is zero.</summary>
    public double[] Across => across[0];

    /// <summary>The sum of the squares, likewise.</summary>
    public double[] AcrossSquares => acrossSquares[0];

    /// <summary>Reads a line in double precision.</summary>
    /// <param name="elements">The elements of the tensor.</param>
    /// <param name="offset">The place of the line's first element.</param>
    /// <param name="stride">The distance of its elements.</param>
    /// <returns>The line, until the next one is read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<double> Read<T>(T[] elements, long offset, long stride)
        where T : unmanaged, INumberBase<T>
    {
        int i = 0;
        if (stride == 1 && typeof(T) == typeof(float))
        {
            ReadOnlySpan<float> line = MemoryMarshal.Cast<T, float>(elements.AsSpan((int)offset, length));
            for (; i + 8 <= length; i += 8)
            {
                (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Create(line.Slice(i, 8)));
                low.CopyTo(entries, i);
                high.CopyTo(entries, i + 4);
            }
        }

        for (; i < length; i++)
            entries[i] = double.CreateTruncating(elements[offset + (i * stride)]);
        return entries.AsSpan(0, length);
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">Its index; each is added once between two calls of <see cref="Complete"/>.</param>
    /// <param name="read">What <see cref="Read"/> gave last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int line, ReadOnlySpan<double> read)
    {
        if (read.Length != length)
            throw new ArgumentException($"A line has {length} entries, not {read.Length}.", nameof(read));
        double[] sums = across[line % Parts], squares = acrossSquares[line % Parts];
        Vector256<double> sum = default, square = default;
        if (line < Parts)
        {
            Array.Clear(sums);
            Array.Clear(squares);
        }

        // What pads the line to a multiple of four is zero.
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // Halves one after the other: the order of the sums along the line stays.
            for (; i + (2 * Parts) <= entries.Length; i += 2 * Parts)
            {
                Vector512<double> x = Vector512.LoadUnsafe(ref entries[i]), squared = x * x;
                sum = sum + x.GetLower() + x.GetUpper();
                square = square + squared.GetLower() + squared.GetUpper();
                (Vector512.LoadUnsafe(ref sums[i]) + x).StoreUnsafe(ref sums[i]);
                (Vector512.LoadUnsafe(ref squares[i]) + squared).StoreUnsafe(ref squares[i]);
            }
        }

        for (; i < entries.Length; i += Parts)
        {
            Vector256<double> x = Vector256.LoadUnsafe(ref entries[i]), squared = x * x;
            sum += x;
            square += squared;
            (Vector256.LoadUnsafe(ref sums[i]) + x).StoreUnsafe(ref sums[i]);
            (Vector256.LoadUnsafe(ref squares[i]) + squared).StoreUnsafe(ref squares[i]);
        }

        Along[line] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        AlongSquares[line] = (square[0] + square[1]) + (square[2] + square[3]);
    }

    /// <summary>Adds up the partial sums across the lines; afterwards the lines of another matrix may come.</summary>
    public void Complete()
    {
        for (int part = Lines; part < Parts; part++)
        {
            Array.Clear(across[part]);
            Array.Clear(acrossSquares[part]);
        }

        for (int i = 0; i < length; i++)
        {
            across[0][i] = (across[0][i] + across[1][i]) + (across[2][i] + across[3][i]);
            acrossSquares[0][i] = (acrossSquares[0][i] + acrossSquares[1][i]) + (acrossSquares[2][i] + acrossSquares[3][i]);
        }
    }
}
