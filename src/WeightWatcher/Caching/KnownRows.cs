using System.Collections.Frozen;

namespace WeightWatcher.Caching;

/// <summary>Rows that are at hand already, of the other side of a comparison: a layer whose weights did not change is not measured again.</summary>
internal sealed class KnownRows
{
    private readonly FrozenDictionary<string, LayerReport> _rows;

    /// <summary>Takes the rows of reports; those without a content key are left out.</summary>
    public KnownRows(IEnumerable<LayerReport> rows) =>
        _rows = rows.Where(row => row.ContentKey.Length > 0).DistinctBy(row => row.ContentKey, StringComparer.Ordinal)
            .ToFrozenDictionary(row => row.ContentKey, StringComparer.Ordinal);

    /// <summary>The row of a layer, or null when it must be measured.</summary>
    /// <param name="layer">A row that identifies the layer; the result is this row with what was measured of the same content.</param>
    public LayerReport? Find(LayerReport layer) => _rows.GetValueOrDefault(layer.ContentKey) is { } known
        ? known with
        {
            LayerId = layer.LayerId,
            Name = layer.Name,
            LayerType = layer.LayerType,
            SliceId = layer.SliceId,
            Shape = layer.Shape,
            WeightHash = layer.WeightHash,
        }
        : null;
}
