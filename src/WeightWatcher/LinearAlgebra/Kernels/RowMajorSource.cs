using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the K x m matrix itself, each entry multiplied by two factors (one alone might leave the range of a double).</summary>
internal readonly unsafe struct RowMajorSource<T>(T* entries, nint stride, double first, double second) : IPanelSource
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows read together, along all panels: as many as lines fit into the first-level cache when the rows are a page apart.
    private const int RowsTogether = 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panels)
    {
        Vector256<double> first4 = Vector256.Create(first), second4 = Vector256.Create(second);
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
                    for (; i < whole; i += 4)
                    {
                        Vector256<double> four = typeof(T) == typeof(float)
                            ? Vector256.Create(Vector128.WidenLower(Vector128.Load((float*)row + i)), Vector128.WidenUpper(Vector128.Load((float*)row + i)))
                            : Vector256.Load((double*)row + i);
                        (four * first4 * second4).Store(panel + i);
                    }

                    for (; i < present; i++)
                        panel[i] = double.CreateTruncating(row[i]) * first * second;
                    for (; i < width; i++)
                        panel[i] = 0;
                }
            }
        }
    }
}
