using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Diagnosis;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>The distances between the layers of two models, matched by name.</summary>
public sealed record ModelDistances
{
    /// <summary>How the layers were compared.</summary>
    public required DistanceMethod Method { get; init; }

    /// <summary>The layers of the first model that the second has too, in the order of the first.</summary>
    public required ImmutableArray<LayerDistance> Layers { get; init; }

    /// <summary>The mean over the layers of the distance of the weights; not applicable when no layer has one.</summary>
    public required Measurement MeanWeights { get; init; }

    /// <summary>The mean over the layers of the distance of the biases; not applicable when no layer has one.</summary>
    public required Measurement MeanBiases { get; init; }

    /// <summary>The names of layers of the first model that the second lacks.</summary>
    public required ImmutableArray<string> OnlyInFirst { get; init; }

    /// <summary>The names of layers of the second model that the first lacks.</summary>
    public required ImmutableArray<string> OnlyInSecond { get; init; }

    /// <summary>Compares two models. Neither is changed.</summary>
    /// <param name="path">The first model; a relative path is taken from the current directory.</param>
    /// <param name="otherPath">The second model.</param>
    /// <param name="method">How layers are compared.</param>
    /// <param name="options">Which layers, and whether slices are pooled; null for <see cref="AnalysisOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArtifactException">A model is missing, malformed or unsafe.</exception>
    public static ModelDistances Between(
        string path, string otherPath, DistanceMethod method = DistanceMethod.Raw, AnalysisOptions? options = null, CancellationToken cancellationToken = default)
    {
        AnalysisOptions chosen = options ?? AnalysisOptions.Default;
        using Checkpoint first = CheckpointReader.Open(path, chosen.ExternalRoots, cancellationToken), second = CheckpointReader.Open(otherPath, chosen.ExternalRoots, cancellationToken);
        ImmutableArray<Layer> layers = LayerMapper.Map(first, chosen).Layers;
        Dictionary<(string, int?), Layer> others = [];
        foreach (Layer layer in LayerMapper.Map(second, chosen).Layers)
            others.TryAdd((layer.Name, layer.SliceId), layer);
        ImmutableArray<LayerDistance>.Builder distances = ImmutableArray.CreateBuilder<LayerDistance>();
        try
        {
            foreach (Layer layer in layers)
            {
                if (others.TryGetValue((layer.Name, layer.SliceId), out Layer? other))
                    distances.Add(Compare(layer, Bias(first, layer), other, Bias(second, other), method, cancellationToken));
            }
        }
        finally
        {
            HugePages.Trim();
        }

        HashSet<(string, int?)> known = [.. layers.Select(l => (l.Name, l.SliceId))];
        return new ModelDistances
        {
            Method = method,
            Layers = distances.ToImmutable(),
            MeanWeights = Mean(distances.Select(d => d.Weights)),
            MeanBiases = Mean(distances.Select(d => d.Biases)),
            OnlyInFirst = [.. layers.Where(l => !others.ContainsKey((l.Name, l.SliceId))).Select(l => l.Name).Distinct(StringComparer.Ordinal)],
            OnlyInSecond = [.. others.Keys.Where(k => !known.Contains(k)).Select(k => k.Item1).Distinct(StringComparer.Ordinal)],
        };
    }

    private static Measurement Mean(IEnumerable<Measurement> values)
    {
        double[] measured = [.. values.Where(v => v.IsMeasured).Select(v => v.Value)];
        return measured.Length == 0 ? Measurement.NotApplicable("no layer has a distance") : Measurement.Of(measured.Average());
    }

    private static LayerDistance Compare(Layer layer, Tensor? bias, Layer other, Tensor? otherBias, DistanceMethod method, CancellationToken cancellationToken)
    {
        Measurement weights = layer.Slices.Length == other.Slices.Length && layer.Slices[0].Rows == other.Slices[0].Rows && layer.Slices[0].Columns == other.Slices[0].Columns
            ? OfWeights(layer, other, method, cancellationToken)
            : Measurement.Failed($"the shapes {TensorShape.Text(layer.Tensor.Shape)} and {TensorShape.Text(other.Tensor.Shape)} differ");
        Measurement biases = bias is null || otherBias is null
            ? Measurement.NotApplicable("a model has no bias for the layer")
            : bias.Count == otherBias.Count ? OfBiases(bias, otherBias, method) : Measurement.Failed("the lengths of the biases differ");
        return new LayerDistance(layer.Id, layer.Name, layer.SliceId, layer.Tensor.Shape, weights, biases);
    }

    private static Measurement OfWeights(Layer layer, Layer other, DistanceMethod method, CancellationToken cancellationToken)
    {
        using WeightMatrix weights = WeightMatrix.Read(layer.Tensor, alwaysSingle: false, cancellationToken), others = WeightMatrix.Read(other.Tensor, alwaysSingle: false, cancellationToken);
        double squares = 0, sum = 0, product = 0, now = 0, then = 0;
        for (int s = 0; s < layer.Slices.Length; s++)
        {
            // The Python tool compares a dense layer as it is stored; only slices of convolutions are turned to have more rows than columns.
            (MatrixSlice a, MatrixSlice b) = (layer.Slices[s], other.Slices[s]);
            if (method == DistanceMethod.Cka && layer.Tensor.Shape.Length == 2 && a.ColumnStride != 1 && b.ColumnStride != 1)
                (a, b) = (Turned(a), Turned(b));
            double[] x = WeightChange.Elements(weights, a), y = WeightChange.Elements(others, b);
            if (method is DistanceMethod.Cka or DistanceMethod.LinearCka)
            {
                double[] gramX = MatrixProduct.TransposedTimes(x, x, a.Rows, a.Columns, a.Columns, cancellationToken);
                double[] gramY = MatrixProduct.TransposedTimes(y, y, a.Rows, a.Columns, a.Columns, cancellationToken);
                Outcome<CenteredKernelAlignment> alike = CenteredKernelAlignment.Of(x, y, a.Rows, a.Columns, gramX, gramY, cancellationToken);
                if (!alike.IsSuccess)
                    return Measurement.NotApplicable(alike.Reason);
                sum += method == DistanceMethod.Cka ? alike.Value.UncenteredRoot : alike.Value.Linear;
                continue;
            }

            double difference = 0;
            for (int i = 0; i < x.Length; i++)
                difference += (x[i] - y[i]) * (x[i] - y[i]);
            squares += difference;
            sum += Math.Sqrt(difference);
            product += MatrixProduct.Dot(x, y);
            now += MatrixProduct.Dot(x, x);
            then += MatrixProduct.Dot(y, y);
        }

        return method switch
        {
            DistanceMethod.Raw => Measurement.Of(Math.Sqrt(squares)),
            DistanceMethod.Cosine => now > 0 && then > 0 ? Measurement.Of(product / (Math.Sqrt(now) * Math.Sqrt(then))) : Measurement.NotApplicable("a matrix is zero"),
            _ => Measurement.Of(sum / layer.Slices.Length),
        };
    }

    private static MatrixSlice Turned(MatrixSlice slice) => new(slice.Columns, slice.Rows, slice.Offset, slice.ColumnStride, slice.RowStride);

    private static Measurement OfBiases(Tensor bias, Tensor other, DistanceMethod method)
    {
        double[] x = new double[bias.Count], y = new double[bias.Count];
        bias.Read(0, x);
        other.Read(0, y);
        double now = MatrixProduct.Dot(x, x), then = MatrixProduct.Dot(y, y), squares = 0;
        for (int i = 0; i < x.Length; i++)
            squares += (x[i] - y[i]) * (x[i] - y[i]);
        return method switch
        {
            DistanceMethod.Cosine => now > 0 && then > 0 ? Measurement.Of(MatrixProduct.Dot(x, y) / (Math.Sqrt(now) * Math.Sqrt(then))) : Measurement.NotApplicable("a bias is zero"),
            DistanceMethod.Cka or DistanceMethod.LinearCka => Measurement.NotApplicable("CKA compares matrices"),
            _ => Measurement.Of(Math.Sqrt(squares)),
        };
    }

    /// <summary>The bias that stands beside a layer's weights under the same name.</summary>
    private static Tensor? Bias(Checkpoint checkpoint, Layer layer)
    {
        string name = layer.Tensor.Name;
        string? sibling = name.EndsWith(".weight", StringComparison.Ordinal) ? $"{name[..^"weight".Length]}bias"
            : name.EndsWith("/kernel", StringComparison.Ordinal) ? $"{name[..^"kernel".Length]}bias"
            : null;
        return checkpoint.Tensors.FirstOrDefault(t => t.Name == sibling && t.IsFloatingPoint && t.Shape.Length == 1);
    }
}

/// <summary>The distance between one layer of two models.</summary>
/// <param name="LayerId">The number of the layer in the first model, from 1.</param>
/// <param name="Name">The layer's name in both.</param>
/// <param name="SliceId">The position of the slice when slices are not pooled, else null.</param>
/// <param name="Shape">The shape of the first model's tensor.</param>
/// <param name="Weights">The distance of the weights; failed when the shapes differ.</param>
/// <param name="Biases">The distance of the biases; not applicable when there are none.</param>
public sealed record LayerDistance(int LayerId, string Name, int? SliceId, ImmutableArray<long> Shape, Measurement Weights, Measurement Biases);
