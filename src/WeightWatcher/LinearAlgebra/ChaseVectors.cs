namespace WeightWatcher.LinearAlgebra;

/// <summary>Where a chase keeps its vectors: aligned to a cache line like the columns of the band, with room for zeros on both sides (see <see cref="Kernels.IChaseKernel"/>).</summary>
internal static unsafe class ChaseVectors
{
    /// <summary>How many vectors.</summary>
    public const int Count = 4;

    /// <summary>The doubles before a vector that begins at an aligned column.</summary>
    public const int Margin = 8;

    /// <summary>The doubles from a vector to the next.</summary>
    public const int Distance = Margin + Band.Width + (2 * Margin);

    /// <summary>The doubles to be set aside.</summary>
    public const int Length = (Count * Distance) + Margin;

    /// <summary>The first address on a cache line.</summary>
    public static double* Align(double* memory) => (double*)(((nint)memory + 63) & ~(nint)63);
}
