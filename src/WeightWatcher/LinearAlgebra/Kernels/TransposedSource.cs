using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the transpose of the K x m matrix, each entry multiplied by two factors.</summary>
internal readonly unsafe struct TransposedSource<T>(T* entries, nint stride, double first, double second) : IPanelSource
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A cache line of floats: four of them, however far apart, are read to the end before the next four.
    private const int LineEntries = 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panels)
    {
        Vector256<double> first4 = Vector256.Create(first), second4 = Vector256.Create(second);
        for (nint left = 0; left < count; left += width, panels += width * depth)
        {
            nint present = Math.Min(width, count - left), whole = present & ~3;
            for (nint start = 0; start < depth; start += LineEntries)
            {
                nint end = Math.Min(start + LineEntries, depth);
                T* corner = entries + ((i0 + left) * stride) + k0;
                nint i = 0;
                for (; i < whole; i += 4)
                {
                    T* r0 = corner + (i * stride), r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
                    for (nint k = start; k < end; k++)
                    {
                        Vector256<double> four = Vector256.Create(
                            double.CreateTruncating(r0[k]), double.CreateTruncating(r1[k]), double.CreateTruncating(r2[k]), double.CreateTruncating(r3[k]));
                        (four * first4 * second4).Store(panels + (k * width) + i);
                    }
                }

                for (; i < width; i++)
                {
                    for (nint k = start; k < end; k++)
                        panels[(k * width) + i] = i < present ? double.CreateTruncating(corner[(i * stride) + k]) * first * second : 0;
                }
            }
        }
    }
}
