using System.Numerics;
using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Row-major storage of the transpose of the K x m matrix, each entry multiplied by two factors.</summary>
internal readonly unsafe struct TransposedSource<T>(T* entries, nint stride, double first, double second) : IPanelSource
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panel)
    {
        for (nint i = 0; i < width; i++)
        {
            double* to = panel + i;
            if (i >= count)
            {
                for (nint k = 0; k < depth; k++)
                    to[k * width] = 0;
                continue;
            }

            T* row = entries + ((i0 + i) * stride) + k0;
            for (nint k = 0; k < depth; k++)
                to[k * width] = double.CreateTruncating(row[k]) * first * second;
        }
    }
}
