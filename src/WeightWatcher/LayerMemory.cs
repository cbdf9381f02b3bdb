using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>How much memory the analysis of a tensor takes, estimated from shapes alone.</summary>
internal static class LayerMemory
{
    /// <summary>The share of the machine's memory, or of the container's limit, that analyses use unless a budget is stated.</summary>
    private const int DefaultShare = 4;

    /// <summary>The budget in bytes: the stated one, or a quarter of the memory that there is.</summary>
    public static long Budget(long? stated) => stated ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultShare;

    /// <summary>
    /// The bytes for the layers of one tensor, one after the other: the weights; the elements of the largest matrix apart where it is not the whole tensor; and the
    /// M x M doubles of its Gram matrix or, when they take more, the buffer in which its elements are put in order.
    /// </summary>
    public static long Bytes(Tensor tensor, IReadOnlyCollection<Layer> layers, AnalysisOptions options)
    {
        long element = tensor.ElementType == ElementType.F64 && options.Semantics == Semantics.Strict ? sizeof(double) : sizeof(float);
        long matrix = 0;
        foreach (MatrixSlice slice in layers.SelectMany(l => l.Slices))
        {
            long elements = element * slice.Rows * slice.Columns;
            long copy = slice.IsWhole(tensor.Count) ? 0 : elements;
            long buffer = options.Randomize == Randomization.Off ? 0 : Math.Min(elements, RadixSort.LongestBuffer);
            matrix = Math.Max(matrix, copy + Math.Max(buffer, sizeof(double) * (long)slice.Columns * slice.Columns));
        }

        // Afterwards, when the matrices are done with, all elements are put in order of value: where they lie, or in a copy when slices are layers of their own.
        long own = layers.Max(l => l.Parameters) == tensor.Count ? 0 : element * layers.Max(l => l.Parameters);
        return (element * tensor.Count) + Math.Max(matrix, own + Math.Min(element * tensor.Count, RadixSort.LongestBuffer));
    }
}
