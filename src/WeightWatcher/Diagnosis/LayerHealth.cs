using System.Collections.Immutable;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>The columns that say whether a layer is damaged or untrained, from its entries alone: no theory of good spectra, the same in both semantics.</summary>
internal static class LayerHealth
{
    /// <summary>The columns of one layer.</summary>
    public static readonly ImmutableArray<string> Columns =
    [
        "nonfinite_weights", "zero_share", "dead_rows", "dead_rows_share", "dead_columns", "dead_columns_share", "distinct_values", "value_bits", "clear_rank_share", "glorot_gain",
        "spike_entry_ratio", "spike_entry_z", "still_at_init", "init_p_value",
    ];

    /// <summary>What depends on where the entries lie: asked for before they are permuted in place, so that they need not be read again.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static EntryPlaces LookAtPlaces(Layer layer, WeightMatrix weights, CancellationToken cancellationToken) =>
        new(LayerMargins.Of(layer, weights, cancellationToken), ValueBits.OfLines(layer, weights, cancellationToken));

    /// <summary>Measures a layer with finite weights that are not all zero.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="places">What <see cref="LookAtPlaces"/> gave.</param>
    /// <param name="spectra">Their spectrum.</param>
    /// <param name="unit">What the weights were multiplied by since they were read.</param>
    /// <param name="row">Receives the columns.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The initialisation that the layer is still at, or null; and a mark of its content, see <see cref="LayerMargins.Content"/>.</returns>
    public static (string? InitKind, ulong Content) Measure(
        Layer layer, WeightMatrix weights, EntryPlaces places, LayerSpectra spectra, double unit, MetricRow row, CancellationToken cancellationToken)
    {
        EntrySample entries = spectra.Entries ?? (weights.IsSingle ? Sample<float>(layer, weights, cancellationToken) : Sample<double>(layer, weights, cancellationToken));
        LayerMargins margins = places.Margins;
        row.Set("nonfinite_weights", 0);
        row.Set("zero_share", (double)entries.Zeros / entries.Count);
        SetDead("dead_rows", margins.RowSquares, row);
        SetDead("dead_columns", margins.ColumnSquares, row);
        row.Set("distinct_values", entries.Distinct);
        row.Set("value_bits", ValueBits.Of(entries, places.LineBits));
        row.Set("clear_rank_share", ClearRank.Share(layer, spectra));
        row.Set("glorot_gain", Math.Sqrt(entries.MeanSquare * ((double)layer.N + layer.M) * layer.KernelSize / 2) / unit);
        row.Set(SpikeEntries.Of(entries), ("spike_entry_ratio", s => s.Ratio), ("spike_entry_z", s => s.Z));
        Outcome<StillAtInitialisation> initial = StillAtInitialisation.Test(layer, weights, entries, margins, spectra, unit);
        row.Set("init_p_value", initial.Select(t => t.PValue));
        row.Set("still_at_init", initial.Then(t => t.IsUndecided
            ? Outcome.NotApplicable<double>($"{entries.Count} weights are too few to tell a normal initialisation from training")
            : Outcome.Success(t.Holds ? 1.0 : 0)));
        return (initial.TryGetValue(out StillAtInitialisation? found) && found.Holds ? found.Kind : null, margins.Content);
    }

    /// <summary>Counts what is not finite.</summary>
    public static void MeasureNonFinite(WeightMatrix weights, MetricRow row) => row.Set("nonfinite_weights", weights.CountNonFinite());

    private static void SetDead(string column, ImmutableArray<double> squares, MetricRow row)
    {
        int dead = DeadLines.Count(squares);
        row.Set(column, dead);
        row.Set($"{column}_share", (double)dead / squares.Length);
    }

    private static EntrySample Sample<T>(Layer layer, WeightMatrix weights, CancellationToken cancellationToken)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        if (layer.Parameters == weights.Count)
            return Sorted(weights.Disorder<T>().Span, cancellationToken);
        ReadOnlySpan<T> elements = weights.Elements<T>().Span;
        using ElementBuffer<T> own = new((int)layer.Parameters);
        Span<T> entries = own.Span;
        int at = 0;
        foreach (MatrixSlice slice in layer.Slices)
        {
            for (int i = 0; i < slice.Rows; i++)
            {
                for (int j = 0; j < slice.Columns; j++)
                    entries[at++] = elements[(int)(slice.Offset + (i * slice.RowStride) + (j * slice.ColumnStride))];
            }
        }

        return Sorted(entries, cancellationToken);
    }

    private static EntrySample Sorted<T>(Span<T> entries, CancellationToken cancellationToken)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        Permutation.Sort(entries, cancellationToken);
        return EntrySample.Of<T>(entries, cancellationToken);
    }
}

/// <summary>What depends on where the entries of a layer lie.</summary>
/// <param name="Margins">Sums over rows and columns.</param>
/// <param name="LineBits">The bits of the values within rows or columns; infinite where they do not repeat there.</param>
internal readonly record struct EntryPlaces(LayerMargins Margins, double LineBits);
