using System.Collections.Immutable;
using WeightWatcher.Metrics;

namespace WeightWatcher.Diagnosis;

/// <summary>The columns of a layer that follow from the other layers of its model: a scale unlike theirs, and content that another layer has too.</summary>
internal static class PeerComparison
{
    /// <summary>The fewest layers that a layer's scale is compared with, itself included.</summary>
    public const int FewestPeers = 5;

    /// <summary>The smallest spread of ln gain among peers that counts: a third, so that layers of nearly equal scale do not make a slight difference large.</summary>
    private const double SmallestSpread = 1.0 / 3;

    /// <summary>Adds <c>scale_z</c> and <c>duplicate_of</c> to the rows of a model.</summary>
    /// <param name="rows">The rows in the order of the artifact.</param>
    public static ImmutableArray<LayerReport> Add(ImmutableArray<LayerReport> rows)
    {
        Dictionary<(double, double, double, int?, ulong), LayerReport> seen = [];
        ImmutableArray<LayerReport>.Builder result = ImmutableArray.CreateBuilder<LayerReport>(rows.Length);
        foreach (LayerReport row in rows)
        {
            MetricRow columns = new(row.Metrics);
            columns.Set("scale_z", ScaleZ(row, rows));
            columns.Set("duplicate_of", DuplicateOf(row, seen));
            result.Add(row with { Metrics = columns.ToColumns() });
        }

        return result.MoveToImmutable();
    }

    private static Measurement ScaleZ(LayerReport row, ImmutableArray<LayerReport> rows)
    {
        if (LogGain(row) is not { } own)
            return row["glorot_gain"] is { IsMeasured: false } gain ? gain : Measurement.NotApplicable("the layer has no scale");
        double[] peers = [.. rows.Where(r => r.LayerType == row.LayerType).Select(LogGain).OfType<double>()];

        // Dense and convolution weights follow the same rules of scale; look-up tables do not.
        if (peers.Length < FewestPeers && row.LayerType != "embedding")
            peers = [.. rows.Where(r => r.LayerType != "embedding").Select(LogGain).OfType<double>()];
        if (peers.Length < FewestPeers)
            return Measurement.NotApplicable($"fewer than {FewestPeers} layers to compare with");
        double median = Median(peers);
        double spread = 1.4826 * Median([.. peers.Select(x => Math.Abs(x - median))]);
        return Measurement.Of((own - median) / Math.Max(SmallestSpread, spread));
    }

    private static double? LogGain(LayerReport row) => row["glorot_gain"] is { IsMeasured: true, Value: > 0 } gain ? Math.Log(gain.Value) : null;

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private static Measurement DuplicateOf(LayerReport row, Dictionary<(double, double, double, int?, ulong), LayerReport> seen)
    {
        if (row.ContentMark is not { } mark)
        {
            // A row that comes from a baseline file has no mark, but what was found when it was measured.
            return row.Fault == LayerFault.None && row.Metrics.Any(m => m.Key == "duplicate_of")
                ? row["duplicate_of"]
                : Measurement.Failed(row.FaultDetail ?? "the weights could not be measured");
        }

        if (row["distinct_values"] is { IsMeasured: true, Value: < 2 })
            return Measurement.NotApplicable("all weights are equal");
        if (seen.TryAdd((row["N"].Value, row["M"].Value, row["rf"].Value, row.SliceId, mark), row))
            return Measurement.Of(0);
        LayerReport first = seen[(row["N"].Value, row["M"].Value, row["rf"].Value, row.SliceId, mark)];

        // An input table that serves as the output matrix too is stored twice by some formats and meant to be equal.
        bool tied = (first.LayerType == "embedding") != (row.LayerType == "embedding");
        return Measurement.Of(tied ? 0 : first.LayerId);
    }
}
