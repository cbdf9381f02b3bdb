using System.Collections.Immutable;

namespace WeightWatcher.Spectra;

/// <summary>The randomized counterparts of one matrix.</summary>
/// <param name="Entries">Location and spread of the entries, in the units of the stored weights.</param>
/// <param name="Permuted">The eigenvalues of each permuted replica, ascending, in the units of the layer's spectrum; one array per replica.</param>
/// <param name="Largest">The entries farthest from the mean, largest distance first, as many as lie beyond the BBP size, at most <see cref="MostLargest"/>; none where the entries are heavy-tailed.</param>
/// <param name="TailIndex">Hill's estimate of the tail index of |w - mean| over the largest hundredth of the entries (20 at least); infinite when they are all equal.</param>
/// <param name="Spiked">The largest eigenvalues of further permutations where there is but one of a matrix with large entries, else null.</param>
internal sealed record RandomizedSlice(
    EntryStatistics Entries, ImmutableArray<double[]> Permuted, ImmutableArray<LargeEntry> Largest, double TailIndex, SpikedDraws? Spiked)
{
    /// <summary>How many of the largest entries are kept.</summary>
    public const int MostLargest = 16;

    /// <summary>The tail index below which the entries have no fourth moment: spectra of their permutations have no edge, and scatter more.</summary>
    public const double SmallestTailIndex = 4;

    /// <summary>Whether the entries have a tail index below <see cref="SmallestTailIndex"/>.</summary>
    public bool IsHeavyTailed => TailIndex < SmallestTailIndex;
}

/// <summary>An entry beyond the BBP size.</summary>
/// <param name="Value">The entry.</param>
/// <param name="Row">Its row in the N x M matrix, from 0.</param>
/// <param name="Column">Its column, from 0.</param>
internal readonly record struct LargeEntry(double Value, int Row, int Column);
