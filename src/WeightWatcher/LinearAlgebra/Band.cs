namespace WeightWatcher.LinearAlgebra;

/// <summary>The band between the two stages of a reduction.</summary>
internal static class Band
{
    /// <summary>The number of diagonals below (symmetric) or above (bidiagonal) the main one, and the width of panels; the kernels are written for it.</summary>
    public const int Width = 32;

    /// <summary>The distance from an entry to the one below it, so that any block inside the band is an ordinary row-major matrix; a multiple of a cache line, so that a column has one alignment.</summary>
    public const int Stride = 3 * Width;

    /// <summary>The doubles of one row of a stored band: two widths on one side of the diagonal, where bulges run, one on the other, and one more for the stride's sake.</summary>
    public const int RowLength = Stride + 1;

    /// <summary>The smallest multiple of <see cref="Width"/> that is not below the order.</summary>
    public static int Padded(int order) => (order + Width - 1) / Width * Width;
}
