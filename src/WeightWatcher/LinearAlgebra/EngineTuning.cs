namespace WeightWatcher.LinearAlgebra;

/// <summary>The sizes of blocks. They decide the speed; the results differ between two settings only by rounding.</summary>
/// <param name="Depth">At least 64. How deep the panels of a packed product are: a panel of one register tile stays in the first-level cache.</param>
/// <param name="TileRows">How many rows are packed together, a multiple of 8: with <paramref name="Depth"/> doubles each they stay in the second-level cache.</param>
/// <param name="TileColumns">How many columns are packed together, a multiple of 24.</param>
/// <param name="SmallestBandTridiagonal">From this order on the reduction to tridiagonal form goes by way of a band; smaller matrices stay in the cache during one-stage reduction.</param>
/// <param name="SmallestBandBidiagonal">Likewise for the reduction to bidiagonal form.</param>
internal readonly record struct EngineTuning(int Depth, int TileRows, int TileColumns, int SmallestBandTridiagonal, int SmallestBandBidiagonal)
{
    /// <summary>Measured on two Zen 4 and Zen 5 cores with 1 MB of second-level cache.</summary>
    public static EngineTuning Default { get; } = new(Depth: 320, TileRows: 144, TileColumns: 2040, SmallestBandTridiagonal: 400, SmallestBandBidiagonal: 128);
}
