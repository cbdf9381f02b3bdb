using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>A shift, the count of eigenvalues below it, and the magnitude of the characteristic polynomial there, Mantissa * 2^Exponent.</summary>
internal readonly record struct SturmPoint(double Shift, long Below, double Mantissa, long Exponent)
{
    /// <summary>Reads one lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe SturmPoint Of(in SturmLanes lanes, int lane) =>
        new(lanes.Shifts[lane], lanes.Below[lane], Math.Abs(lanes.Mantissas[lane]), lanes.Exponents[lane]);

    /// <summary>The magnitude relative to 2^exponent, 0 where it is below the range of a double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Relative(long exponent)
    {
        long difference = Exponent - exponent;
        return difference < -1000 ? 0 : Mantissa * BitConverter.Int64BitsToDouble((Math.Min(difference, 1000) + 1023) << 52);
    }
}
