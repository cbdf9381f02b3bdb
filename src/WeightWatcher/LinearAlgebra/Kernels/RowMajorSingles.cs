using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the K x m matrix itself, each entry multiplied by two factors and rounded to single precision.</summary>
internal readonly unsafe struct RowMajorSingles<T>(T* entries, nint stride, double first, double second) : IPanelSource<float>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // As in RowMajorSource, of half the length.
    private const int RowsTogether = 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, float* panels)
    {
        // Powers of two, and each within the range of the entries: their products are exact but for what underflows.
        Vector256<float> first8 = Vector256.Create((float)first), second8 = Vector256.Create((float)second);
        for (nint start = 0; start < depth; start += RowsTogether)
        {
            nint end = Math.Min(start + RowsTogether, depth);
            for (nint left = 0; left < count; left += width)
            {
                nint present = Math.Min(width, count - left), whole = present & ~7;
                float* panel = panels + (left * depth) + (start * width);
                for (nint k = start; k < end; k++, panel += width)
                {
                    T* row = entries + ((k0 + k) * stride) + i0 + left;
                    nint i = 0;
                    if (typeof(T) == typeof(float))
                    {
                        for (; i < whole; i += 8)
                            (Vector256.Load((float*)row + i) * first8 * second8).Store(panel + i);
                    }

                    for (; i < present; i++)
                        panel[i] = (float)(double.CreateTruncating(row[i]) * first * second);
                    for (; i < width; i++)
                        panel[i] = 0;
                }
            }
        }
    }
}
