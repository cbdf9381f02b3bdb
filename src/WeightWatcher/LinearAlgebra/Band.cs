namespace WeightWatcher.LinearAlgebra;

/// <summary>The band between the two stages of a reduction.</summary>
internal static class Band
{
    /// <summary>The number of diagonals below (symmetric) or above (bidiagonal) the main one, and the width of panels; the kernels are written for it.</summary>
    public const int Width = 32;

    /// <summary>The doubles of one row of a stored band: two widths on one side of the diagonal, where bulges run, and one on the other.</summary>
    public const int RowLength = 3 * Width;

    /// <summary>The distance from an entry to the one below it, so that any block inside the band is an ordinary row-major matrix.</summary>
    public const int Stride = RowLength - 1;

    /// <summary>The smallest multiple of <see cref="Width"/> that is not below the order.</summary>
    public static int Padded(int order) => (order + Width - 1) / Width * Width;
}
