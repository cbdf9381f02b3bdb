using System.Numerics;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>Products of two matrices over their rows.</summary>
internal static class MatrixProduct
{
    /// <summary>A'B.</summary>
    /// <param name="a">rows x left, row-major.</param>
    /// <param name="b">rows x right, row-major.</param>
    /// <param name="rows">The rows of both, 1 or more.</param>
    /// <param name="left">The columns of A.</param>
    /// <param name="right">The columns of B.</param>
    /// <param name="ct">Asked for every block.</param>
    /// <returns>left x right, row-major.</returns>
    public static unsafe double[] TransposedTimes(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int rows, int left, int right, CancellationToken ct)
    {
        double[] product = new double[left * right];
        EngineTuning tuning = EngineTuning.Default;
        using AlignedBuffer scratch = new(PackedProduct.ScratchFor(left, right, rows, tuning));
        fixed (double* first = a, second = b, c = product)
        {
            PackedProduct.Accumulate(
                InstructionPath.Fastest,
                new RowMajorSource<double, double>(first, left, 1, 1),
                new RowMajorSource<double, double>(second, right, 1, 1),
                left,
                right,
                rows,
                c,
                right,
                lowerOnly: false,
                scratch.Pointer,
                tuning,
                null,
                ct);
        }

        return product;
    }

    /// <summary>The sum of the products of the entries of two equally long spans.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int whole = a.Length - (a.Length % Vector<double>.Count);
        for (int i = 0; i < whole; i += Vector<double>.Count)
            sums += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        double sum = Vector.Sum(sums);
        for (int i = whole; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
