using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the transpose of the K x m matrix, each entry multiplied by two factors.</summary>
internal readonly unsafe struct TransposedSource<T>(T* entries, nint stride, double first, double second) : IPanelSource<double>
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
                    nint k = start;
                    if (typeof(T) == typeof(float) && Avx.IsSupported)
                    {
                        for (; k + 4 <= end; k += 4)
                        {
                            // Four rows of four become four columns.
                            Vector256<double> w0 = Wide((float*)r0 + k), w1 = Wide((float*)r1 + k), w2 = Wide((float*)r2 + k), w3 = Wide((float*)r3 + k);
                            Vector256<double> low01 = Avx.UnpackLow(w0, w1), high01 = Avx.UnpackHigh(w0, w1), low23 = Avx.UnpackLow(w2, w3), high23 = Avx.UnpackHigh(w2, w3);
                            double* to = panels + (k * width) + i;
                            (Avx.Permute2x128(low01, low23, 0x20) * first4 * second4).Store(to);
                            (Avx.Permute2x128(high01, high23, 0x20) * first4 * second4).Store(to + width);
                            (Avx.Permute2x128(low01, low23, 0x31) * first4 * second4).Store(to + (2 * width));
                            (Avx.Permute2x128(high01, high23, 0x31) * first4 * second4).Store(to + (3 * width));
                        }
                    }

                    for (; k < end; k++)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Wide(float* four) => Avx.ConvertToVector256Double(Vector128.Load(four));
}
