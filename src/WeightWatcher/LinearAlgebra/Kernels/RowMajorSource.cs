using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the K x m matrix itself, each entry multiplied by two factors (one alone might leave the range of a double).</summary>
internal readonly unsafe struct RowMajorSource<T>(T* entries, nint stride, double first, double second) : IPanelSource<double>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows read together, along all panels: as many as lines fit into the first-level cache when the rows are a page apart.
    private const int RowsTogether = 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panels)
    {
        Vector512<double> first8 = Vector512.Create(first), second8 = Vector512.Create(second);
        Vector256<double> first4 = Vector256.Create(first), second4 = Vector256.Create(second);

        // Of floats both factors together lie within the range of a double.
        Vector512<double> both8 = first8 * second8;
        Vector256<double> both4 = first4 * second4;
        for (nint start = 0; start < depth; start += RowsTogether)
        {
            nint end = Math.Min(start + RowsTogether, depth);
            for (nint left = 0; left < count; left += width)
            {
                nint present = Math.Min(width, count - left), whole = present & ~3;
                double* panel = panels + (left * depth) + (start * width);
                for (nint k = start; k < end; k++, panel += width)
                {
                    T* row = entries + ((k0 + k) * stride) + i0 + left;
                    nint i = 0;
                    if (Vector512.IsHardwareAccelerated)
                    {
                        for (; i + 8 <= whole; i += 8)
                        {
                            Vector512<double> eight = typeof(T) == typeof(float) ? Eight((float*)row + i) * both8 : Vector512.Load((double*)row + i) * first8 * second8;
                            eight.Store(panel + i);
                        }
                    }

                    for (; i < whole; i += 4)
                    {
                        Vector256<double> four = typeof(T) == typeof(float) ? Four((float*)row + i) * both4 : Vector256.Load((double*)row + i) * first4 * second4;
                        four.Store(panel + i);
                    }

                    for (; i < present; i++)
                        panel[i] = double.CreateTruncating(row[i]) * first * second;
                    for (; i < width; i++)
                        panel[i] = 0;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Eight(float* eight) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(Vector256.Load(eight))
        : Vector512.WidenLower(Vector256.Load(eight).ToVector512());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Four(float* four) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(Vector128.Load(four))
        : Vector256.WidenLower(Vector128.Load(four).ToVector256());
}
