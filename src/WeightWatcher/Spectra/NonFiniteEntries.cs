using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>Finds NaN and infinities: numbers whose exponent bits are all set.</summary>
internal static class NonFiniteEntries
{
    /// <summary>How many entries are looked at between two looks at the cancellation token.</summary>
    private const int Block = 1 << 22;

    /// <summary>The index of the first one, or null.</summary>
    /// <typeparam name="T">The type of an entry.</typeparam>
    /// <typeparam name="TBits">The unsigned integer of the same size.</typeparam>
    /// <param name="entries">The entries.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int? First<T, TBits>(ReadOnlySpan<T> entries, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBits : unmanaged, IBinaryInteger<TBits>
    {
        ReadOnlySpan<TBits> bits = MemoryMarshal.Cast<T, TBits>(entries);
        Vector256<TBits> exponent = Vector256.Create(Unsafe.BitCast<T, TBits>(T.PositiveInfinity));
        int at = 0;
        while (at + Vector256<TBits>.Count <= bits.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min(bits.Length, at + Block);
            for (; at + Vector256<TBits>.Count <= end; at += Vector256<TBits>.Count)
            {
                if (Vector256.EqualsAny(Vector256.Create(bits.Slice(at, Vector256<TBits>.Count)) & exponent, exponent))
                    return IndexFrom(entries, at);
            }
        }

        return IndexFrom(entries, at);
    }

    private static int? IndexFrom<T>(ReadOnlySpan<T> entries, int at)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (; at < entries.Length; at++)
        {
            if (!T.IsFinite(entries[at]))
                return at;
        }

        return null;
    }
}
