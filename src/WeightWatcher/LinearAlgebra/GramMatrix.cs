using System.Numerics;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>The Gram matrix of a matrix over its shorter side.</summary>
internal static unsafe class GramMatrix
{
    /// <summary>The doubles of scratch that <see cref="Compute"/> needs.</summary>
    public static long ScratchFor(int rows, int columns, in EngineTuning tuning)
    {
        int order = Math.Min(rows, columns);
        return PackedProduct.ScratchFor(order, order, Math.Max(rows, columns), tuning);
    }

    /// <summary>Writes the lower triangle, diagonal included, of W'W (of WW' when rows &lt; columns) times 4^-exponent; what is above it is undefined.</summary>
    /// <param name="w">rows x columns, row-major.</param>
    /// <param name="rows">The rows of W.</param>
    /// <param name="columns">The columns of W.</param>
    /// <param name="exponent">What <see cref="ScaledCopy.TryGetExponent"/> gave for W.</param>
    /// <param name="gram">M x M, row-major, M = min(rows, columns).</param>
    /// <param name="stride">The distance of rows of the Gram matrix.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> doubles.</param>
    /// <param name="path">The instruction set.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every block.</param>
    /// <param name="precision">Of the entries and of sums over <see cref="EngineTuning.Depth"/> products; single precision needs rows &gt;= columns.</param>
    public static void Compute<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, double* gram, nint stride, double* scratch, InstructionPath path, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct, ProductPrecision precision = ProductPrecision.Double)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int order = Math.Min(rows, columns);
        if (precision == ProductPrecision.Single)
            ArgumentOutOfRangeException.ThrowIfLessThan(rows, columns);
        for (nint i = 0; i < order; i++)
        {
            // New memory comes from the system here, which may take its time.
            ct.ThrowIfCancellationRequested();
            new Span<double>(gram + (i * stride), (int)i + 1).Clear();
        }

        (double first, double second) = ScaledCopy.Factors(exponent);
        fixed (T* entries = w)
        {
            if (precision == ProductPrecision.Single)
            {
                RowMajorSource<T, float> source = new(entries, columns, first, second);
                PackedProduct.Accumulate<float, RowMajorSource<T, float>, RowMajorSource<T, float>>(path, source, source, order, order, rows, gram, stride, lowerOnly: true, scratch, tuning, team, ct);
            }
            else if (rows >= columns)
            {
                RowMajorSource<T, double> source = new(entries, columns, first, second);
                PackedProduct.Accumulate(path, source, source, order, order, rows, gram, stride, lowerOnly: true, scratch, tuning, team, ct);
            }
            else
            {
                TransposedSource<T> source = new(entries, columns, first, second);
                PackedProduct.Accumulate(path, source, source, order, order, columns, gram, stride, lowerOnly: true, scratch, tuning, team, ct);
            }
        }
    }
}
