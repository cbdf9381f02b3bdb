namespace WeightWatcher.LinearAlgebra;

/// <summary>The distance between the rows of scratch matrices.</summary>
internal static class MatrixStride
{
    private const int CacheLineDoubles = 8;
    private const int PageDoubles = 512;

    /// <summary>A multiple of a cache line, but not of a page: rows a page apart would compete for the same lines of the first-level cache.</summary>
    public static int For(int columns)
    {
        int stride = (columns + CacheLineDoubles - 1) / CacheLineDoubles * CacheLineDoubles;
        return stride % PageDoubles == 0 ? stride + CacheLineDoubles : stride;
    }
}
