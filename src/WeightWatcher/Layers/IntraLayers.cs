using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Layers;

/// <summary>
/// The products of neighbouring layers over the dimension that they share, X = W0 W1 / (||W0|| ||W1||) with Frobenius norms: the correlations between a layer and the next one. What the Python tool
/// calls <c>intra</c>, without the random sparsification that it has by default and that nobody could repeat.
/// </summary>
internal static class IntraLayers
{
    /// <summary>The product of each layer with the next one that is analysed.</summary>
    /// <param name="layers">The layers, in order.</param>
    /// <param name="compatible">
    /// Whether the first slice of a convolution stands for it and the shared dimension is the largest of the four sizes that occurs twice, as the Python tool has it; else convolutions have no
    /// product, and the dimension is the largest that both matrices have.
    /// </param>
    public static ImmutableArray<Layer> Of(ImmutableArray<Layer> layers, bool compatible)
    {
        ImmutableArray<Layer>.Builder products = ImmutableArray.CreateBuilder<Layer>();
        for (int i = 1; i < layers.Length; i++)
        {
            Layer first = layers[i - 1], second = layers[i];
            if (!compatible && (first.Slices.Length > 1 || second.Slices.Length > 1))
                continue;
            if (Shared(first.Slices[0], second.Slices[0], compatible) is not { } shared
                || (long)Other(first.Slices[0], shared) * Other(second.Slices[0], shared) > Array.MaxLength)
            {
                continue;
            }

            string name = compatible
                ? string.Create(CultureInfo.InvariantCulture, $"{first.Id} X {second.Id} ")
                : $"{first.Name} X {second.Name}";
            products.Add(Product(name, first, second, shared).ToLayer(compatible ? second.Id : products.Count + 1, second.Type) with { SliceId = second.SliceId });
        }

        return products.ToImmutable();
    }

    private static ComputedMatrix Product(string name, Layer first, Layer second, int shared)
    {
        MatrixSlice left = first.Slices[0], right = second.Slices[0];
        int rows = Other(left, shared), columns = Other(right, shared);
        double epsilon = Math.Max(first.Tensor.StoredEpsilon, second.Tensor.StoredEpsilon);
        return new ComputedMatrix(name, rows, columns, epsilon, () =>
        {
            // Both as shared x other, so that the product is one over their rows.
            double[] a = ComputedMatrix.Elements(first.Tensor, Along(left, shared)), b = ComputedMatrix.Elements(second.Tensor, Along(right, shared));
            double scale = Math.Sqrt(MatrixProduct.Dot(a, a)) * Math.Sqrt(MatrixProduct.Dot(b, b));
            double[] product = MatrixProduct.TransposedTimes(a, b, shared, rows, columns, CancellationToken.None);
            for (int i = 0; i < product.Length && scale > 0; i++)
                product[i] /= scale;
            return product;
        });
    }

    private static int? Shared(MatrixSlice first, MatrixSlice second, bool compatible)
    {
        int[] sizes = [first.Rows, first.Columns, second.Rows, second.Columns];
        int[] twice = [.. sizes.GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key)];
        int[] common = [.. twice.Where(size => (first.Rows == size || first.Columns == size) && (second.Rows == size || second.Columns == size))];
        if (common.Length == 0)
            return null;
        int largest = common.Max();
        return compatible && twice.Max() != largest ? null : largest;
    }

    private static int Other(MatrixSlice slice, int shared) => slice.Rows == shared ? slice.Columns : slice.Rows;

    private static MatrixSlice Along(MatrixSlice slice, int shared) =>
        slice.Rows == shared ? slice : new MatrixSlice(slice.Columns, slice.Rows, slice.Offset, slice.ColumnStride, slice.RowStride);
}
