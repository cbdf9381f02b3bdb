using WeightWatcher.Layers;

namespace WeightWatcher.Metrics;

/// <summary>The columns that follow from a layer's shape.</summary>
internal static class ShapeMetrics
{
    /// <summary>Sets N, M, Q, rf and num_evals.</summary>
    public static void Measure(Layer layer, MetricRow row)
    {
        row.Set("N", layer.N);
        row.Set("M", layer.M);
        row.Set("Q", (double)layer.N / layer.M);
        row.Set("rf", layer.KernelSize);
        row.Set("num_evals", layer.NumEvals);
    }
}
