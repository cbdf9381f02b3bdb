using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the K x m matrix itself, each entry multiplied by two factors (one alone might leave the range of a double).</summary>
/// <typeparam name="T">What entries are stored as.</typeparam>
/// <typeparam name="TPanel">What panels are made of.</typeparam>
internal readonly unsafe struct RowMajorSource<T, TPanel>(T* entries, nint stride, double first, double second) : IPanelSource<TPanel>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TPanel : unmanaged, IBinaryFloatingPointIeee754<TPanel>
{
    // Rows read together, along all panels: as many as lines fit into the first-level cache when the rows are a page apart.
    private const int RowsTogether = 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, TPanel* panels)
    {
        for (nint start = 0; start < depth; start += RowsTogether)
        {
            nint end = Math.Min(start + RowsTogether, depth);
            for (nint left = 0; left < count; left += width)
            {
                nint present = Math.Min(width, count - left);
                TPanel* panel = panels + (left * depth) + (start * width);
                for (nint k = start; k < end; k++, panel += width)
                {
                    T* row = entries + ((k0 + k) * stride) + i0 + left;
                    nint i = CopyVectors(row, present, panel);
                    for (; i < present; i++)
                        panel[i] = TPanel.CreateTruncating(double.CreateTruncating(row[i]) * first * second);
                    for (; i < width; i++)
                        panel[i] = TPanel.Zero;
                }
            }
        }
    }

    /// <summary>Copies as much of a row as fills vectors.</summary>
    /// <returns>How many entries.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint CopyVectors(T* row, nint present, TPanel* panel)
    {
        nint i = 0;
        if (typeof(TPanel) == typeof(double))
        {
            Vector256<double> first4 = Vector256.Create(first), second4 = Vector256.Create(second);
            for (; i + 4 <= present; i += 4)
            {
                Vector256<double> four = typeof(T) == typeof(float)
                    ? Vector256.Create(Vector128.WidenLower(Vector128.Load((float*)row + i)), Vector128.WidenUpper(Vector128.Load((float*)row + i)))
                    : Vector256.Load((double*)row + i);
                (four * first4 * second4).Store((double*)panel + i);
            }
        }
        else if (typeof(T) == typeof(float))
        {
            // Each factor of floats is one: their products are exact but for what underflows.
            Vector256<float> first8 = Vector256.Create((float)first), second8 = Vector256.Create((float)second);
            for (; i + 8 <= present; i += 8)
                (Vector256.Load((float*)row + i) * first8 * second8).Store((float*)panel + i);
        }

        return i;
    }
}
