using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.Spectra;

/// <summary>Four entries of a matrix at a time, floats or doubles, in double precision.</summary>
internal static class WideEntries
{
    /// <summary>The four entries from an index on.</summary>
    /// <param name="entries">Floats or doubles.</param>
    /// <param name="at">The index; four entries are there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Four<T>(ReadOnlySpan<T> entries, int at)
        where T : unmanaged
    {
        ref T first = ref MemoryMarshal.GetReference(entries);
        if (typeof(T) == typeof(double))
            return Vector256.LoadUnsafe(ref Unsafe.As<T, double>(ref first), (nuint)at);
        Vector128<float> four = Vector128.LoadUnsafe(ref Unsafe.As<T, float>(ref first), (nuint)at);
        return Avx.IsSupported ? Avx.ConvertToVector256Double(four) : Vector256.Create(Vector128.WidenLower(four), Vector128.WidenUpper(four));
    }
}
