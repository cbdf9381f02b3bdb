using System.Collections.Immutable;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Layers;

/// <summary>
/// Four-dimensional kernels as the Python tool 0.7.5 takes them, its exchange of N and M once per slice included
/// (docs/differences.md, "N and M of convolutions").
/// </summary>
internal static class CompatibleConvolution
{
    /// <summary>Maps a four-dimensional tensor.</summary>
    public static ImmutableArray<Layer> Map(Tensor tensor, AnalysisOptions options)
    {
        int[] s = [.. tensor.Shape.Select(d => (int)d)];
        bool expectedLast = tensor.Layout != TensorLayout.KernelInOut;
        bool detectedLast = s[0] + s[1] >= s[2] + s[3];
        (int n, int m) = detectedLast ? (s[0], s[1]) : (s[3], s[2]);
        int kernel = expectedLast ? s[2] * s[3] : s[0] * s[1];
        (int rows, int columns) = expectedLast ? (s[0], s[1]) : (s[2], s[3]);

        // Each slice that is turned also exchanges the reported N and M; an even number of turns undoes itself.
        bool turned = expectedLast ? rows < columns : columns < rows;
        if (expectedLast == detectedLast)
        {
            if (turned && kernel % 2 == 1)
                (n, m) = (m, n);
        }
        else
        {
            // The kernel axes are not where the sizes suggest: the reported pair is taken as it stands.
            (n, m) = expectedLast ? (s[0], s[1]) : (s[2], s[3]);
            kernel = expectedLast ? s[2] * s[3] : s[0] * s[1];
        }

        ImmutableArray<MatrixSlice> slices =
        [
            .. Enumerable.Range(0, kernel).Select(k => expectedLast
                ? new MatrixSlice(rows, columns, k, (long)s[1] * kernel, kernel).Tall()
                : new MatrixSlice(rows, columns, (long)k * rows * columns, columns, 1).Tall()),
        ];
        Layer whole = new()
        {
            Id = 0,
            Name = LayerMapper.LayerName(tensor.Name),
            Type = LayerType.Conv2D,
            Tensor = tensor,
            N = n,
            M = m,
            Slices = slices,
            KernelSize = kernel,
        };
        return options.Pool ? [whole] : [.. slices.Select((slice, i) => whole with { Slices = [slice], SliceId = i })];
    }
}
