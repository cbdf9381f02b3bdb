using System.Collections.Immutable;

namespace WeightWatcher.Layers;

/// <summary>
/// All layers below each other as one matrix: the slices of a convolution side by side, each layer less its median and divided by its median absolute deviation, padded with zeros to the widest.
/// </summary>
internal static class StackedLayers
{
    private const string CompatibleName = "Stacked Layer";

    /// <summary>The stack.</summary>
    /// <param name="layers">The layers, in order; one or more.</param>
    /// <param name="compatible">Whether deviations are taken column by column, as the Python tool does by mistake; else one for each layer. A layer or column without any spoils the stack then.</param>
    /// <returns>The stack, or null when it would have more elements than an array can hold.</returns>
    public static Layer? Of(ImmutableArray<Layer> layers, bool compatible)
    {
        int columns = layers.Max(Width);
        long rows = layers.Sum(l => (long)l.Slices[0].Rows);
        if (rows * columns > Array.MaxLength)
            return null;
        double epsilon = layers.Max(l => l.Tensor.StoredEpsilon);
        ComputedMatrix stack = new(compatible ? CompatibleName : "stacked", (int)rows, columns, epsilon, () => Elements(layers, (int)rows, columns, compatible));
        return stack.ToLayer(compatible ? 0 : 1, LayerType.Stacked);
    }

    /// <summary>How many of the largest eigenvalues the Python tool looks at: as many as the first layer has.</summary>
    public static int CompatibleEigenvalues(ImmutableArray<Layer> layers) => layers[0].NumEvals;

    private static int Width(Layer layer) => layer.Slices.Sum(s => s.Columns);

    private static double[] Elements(ImmutableArray<Layer> layers, int rows, int columns, bool compatible)
    {
        double[] stack = new double[rows * columns];
        int top = 0;
        foreach (Layer layer in layers)
        {
            double[] tensor = new double[layer.Tensor.Count];
            layer.Tensor.Read(0, tensor);
            int height = layer.Slices[0].Rows, width = Width(layer), left = 0;
            double[] block = new double[height * width];
            foreach (MatrixSlice slice in layer.Slices)
            {
                double[] part = ComputedMatrix.Elements(tensor, slice);
                for (int i = 0; i < height; i++)
                    part.AsSpan(i * slice.Columns, slice.Columns).CopyTo(block.AsSpan((i * width) + left));
                left += slice.Columns;
            }

            Standardise(block, height, width, compatible);
            for (int i = 0; i < height; i++)
                block.AsSpan(i * width, width).CopyTo(stack.AsSpan((top + i) * columns));
            top += height;
        }

        return stack;
    }

    private static void Standardise(double[] block, int height, int width, bool byColumn)
    {
        double center = Median([.. block]);
        for (int i = 0; i < block.Length; i++)
            block[i] -= center;
        if (!byColumn)
        {
            double spread = Median([.. block.Select(Math.Abs)]);
            for (int i = 0; i < block.Length; i++)
                block[i] /= spread;
            return;
        }

        double[] column = new double[height];
        for (int j = 0; j < width; j++)
        {
            for (int i = 0; i < height; i++)
                column[i] = block[(i * width) + j];
            double middle = Median([.. column]), spread = Median([.. column.Select(x => Math.Abs(x - middle))]);
            for (int i = 0; i < height; i++)
                block[(i * width) + j] /= spread;
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
