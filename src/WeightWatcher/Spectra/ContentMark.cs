using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>
/// A 64-bit mark of matrices that is the same for W, -W and their transposes: the least of the sums, over the entries, of mixed bits of value and place. Such sums do not depend on the order in
/// which entries are visited, only on where they belong.
/// </summary>
internal struct ContentMark
{
    private const ulong RowStep = 0x9E3779B97F4A7C15, ColumnStep = 0xC2B2AE3D27D4EB4F, SliceStep = 0x165667B19E3779F9;
    private const ulong Sign = 1UL << 63;

    private ulong straight, turned, negated, turnedNegated;

    /// <summary>The mark.</summary>
    /// <param name="square">Whether the transpose counts as the same matrix.</param>
    public readonly ulong Value(bool square) => Math.Min(Math.Min(straight, negated), square ? Math.Min(turned, turnedNegated) : ulong.MaxValue);

    /// <summary>Adds a row or a column.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="line">Its index.</param>
    /// <param name="slice">The index of its matrix.</param>
    /// <param name="isColumn">Whether it is a column.</param>
    /// <param name="square">Whether the matrix is square.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> entries, int line, int slice, bool isColumn, bool square)
    {
        (ulong across, ulong along) = isColumn ? (ColumnStep, RowStep) : (RowStep, ColumnStep);
        ulong here = ((ulong)(uint)line * across) + ((ulong)(uint)slice * SliceStep), there = ((ulong)(uint)line * along) + ((ulong)(uint)slice * SliceStep);
        Vector256<ulong> lanes = Vector256.Create(0UL, 1, 2, 3);
        Vector256<ulong> place = Vector256.Create(here) + (lanes * Vector256.Create(along)), step = Vector256.Create(4 * along);
        Vector256<ulong> mirror = Vector256.Create(there) + (lanes * Vector256.Create(across)), mirrorStep = Vector256.Create(4 * across);
        Vector256<ulong> s = default, n = default, t = default, u = default;
        ref double first = ref MemoryMarshal.GetReference(entries);
        int i = 0;
        for (; i + 4 <= entries.Length; i += 4)
        {
            // The two zeros are one.
            Vector256<ulong> bits = (Vector256.LoadUnsafe(ref first, (nuint)i) + Vector256<double>.Zero).AsUInt64();
            Vector256<ulong> flipped = Vector256.AndNot(bits ^ Vector256.Create(Sign), Vector256.Equals(bits, Vector256<ulong>.Zero));
            s += Mix(bits ^ place);
            n += Mix(flipped ^ place);
            if (square)
            {
                t += Mix(bits ^ mirror);
                u += Mix(flipped ^ mirror);
            }

            place += step;
            mirror += mirrorStep;
        }

        straight += Vector256.Sum(s);
        negated += Vector256.Sum(n);
        turned += Vector256.Sum(t);
        turnedNegated += Vector256.Sum(u);
        for (; i < entries.Length; i++)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(entries[i] + 0.0), flipped = bits == 0 ? 0 : bits ^ Sign;
            ulong at = here + ((ulong)(uint)i * along), mirrored = there + ((ulong)(uint)i * across);
            straight += Mix(bits ^ at);
            negated += Mix(flipped ^ at);
            turned += Mix(bits ^ mirrored);
            turnedNegated += Mix(flipped ^ mirrored);
        }
    }

    /// <summary>The finaliser of SplitMix64.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <inheritdoc cref="Mix(ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Mix(Vector256<ulong> z)
    {
        z = (z ^ Vector256.ShiftRightLogical(z, 30)) * Vector256.Create(0xBF58476D1CE4E5B9UL);
        z = (z ^ Vector256.ShiftRightLogical(z, 27)) * Vector256.Create(0x94D049BB133111EBUL);
        return z ^ Vector256.ShiftRightLogical(z, 31);
    }
}
