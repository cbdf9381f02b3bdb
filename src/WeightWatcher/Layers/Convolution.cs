using System.Collections.Immutable;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Layers;

/// <summary>
/// Convolution kernels as matrices: one N x M slice (outputs and inputs, the larger first) for each position of the kernel, in row-major kernel order.
/// A kernel with one input channel (depthwise) has slices of one column, whose spectrum says nothing of their structure; it is
/// taken as one matrix of outputs by kernel positions instead.
/// </summary>
internal static class Convolution
{
    /// <summary>Maps a tensor of three to five dimensions: two for the channels, the others for the kernel.</summary>
    public static ImmutableArray<Layer> Map(Tensor tensor, AnalysisOptions options)
    {
        int rank = tensor.Shape.Length;
        bool kernelFirst = tensor.Layout == TensorLayout.KernelInOut;
        int channelAxis = kernelFirst ? rank - 2 : 0;
        long[] strides = new long[rank];
        strides[rank - 1] = 1;
        for (int axis = rank - 2; axis >= 0; axis--)
            strides[axis] = strides[axis + 1] * tensor.Shape[axis + 1];

        int first = (int)tensor.Shape[channelAxis];
        int second = (int)tensor.Shape[channelAxis + 1];
        int kernel = (int)(tensor.Count / ((long)first * second));
        LayerType type = rank switch { 3 => LayerType.Conv1D, 4 => LayerType.Conv2D, _ => LayerType.Conv3D };

        // The kernel axes are neighbours, so one stride walks all positions in row-major order.
        long kernelStride = kernelFirst ? (long)first * second : 1;
        if ((first == 1 || second == 1) && kernel > 1)
        {
            int channelsCount = Math.Max(first, second);
            long channelStride = first == 1 ? strides[channelAxis + 1] : strides[channelAxis];
            return Layers(tensor, type, [new MatrixSlice(channelsCount, kernel, 0, channelStride, kernelStride).Tall()], options);
        }

        return Layers(
            tensor,
            type,
            [.. Enumerable.Range(0, kernel).Select(k => new MatrixSlice(first, second, k * kernelStride, strides[channelAxis], strides[channelAxis + 1]).Tall())],
            options);
    }

    private static ImmutableArray<Layer> Layers(Tensor tensor, LayerType type, ImmutableArray<MatrixSlice> slices, AnalysisOptions options)
    {
        Layer whole = new()
        {
            Id = 0,
            Name = LayerMapper.LayerName(tensor.Name),
            Type = type,
            Tensor = tensor,
            N = slices[0].Rows,
            M = slices[0].Columns,
            Slices = slices,
            KernelSize = slices.Length,
        };
        return options.Pool ? [whole] : [.. slices.Select((s, i) => whole with { Slices = [s], SliceId = i })];
    }
}
