using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>
/// A 64-bit mark of matrices that is the same for W, -W and their transposes: the least of the sums, over the entries, of mixed bits of magnitude and place, with the sign of the entry. Such sums do not
/// depend on the order in which entries are visited, only on where they belong, and change their sign with the matrix.
/// </summary>
internal struct ContentMark
{
    private const ulong RowStep = 0x9E3779B97F4A7C15, ColumnStep = 0xC2B2AE3D27D4EB4F, SliceStep = 0x165667B19E3779F9;
    private const ulong Sign = 1UL << 63;

    private ulong _straight, _turned;

    /// <summary>The mark.</summary>
    /// <param name="square">Whether the transpose counts as the same matrix.</param>
    public readonly ulong Value(bool square)
    {
        ulong straight = Math.Min(_straight, 0 - _straight), turned = Math.Min(_turned, 0 - _turned);
        return square ? Math.Min(straight, turned) : straight;
    }

    /// <summary>Adds a row or a column.</summary>
    /// <param name="entries">Its entries, floats or doubles; finite.</param>
    /// <param name="line">Its index.</param>
    /// <param name="slice">The index of its matrix.</param>
    /// <param name="isColumn">Whether it is a column.</param>
    /// <param name="square">Whether the matrix is square.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add<T>(ReadOnlySpan<T> entries, int line, int slice, bool isColumn, bool square)
        where T : unmanaged, INumberBase<T>
    {
        (ulong across, ulong along) = isColumn ? (ColumnStep, RowStep) : (RowStep, ColumnStep);
        ulong here = ((ulong)(uint)line * across) + ((ulong)(uint)slice * SliceStep), there = ((ulong)(uint)line * along) + ((ulong)(uint)slice * SliceStep);
        Vector256<ulong> lanes = Vector256.Create(0UL, 1, 2, 3);
        Vector256<ulong> place = Vector256.Create(here) + (lanes * Vector256.Create(along)), step = Vector256.Create(4 * along);
        Vector256<ulong> mirror = Vector256.Create(there) + (lanes * Vector256.Create(across)), mirrorStep = Vector256.Create(4 * across);
        Vector256<ulong> s = default, t = default;
        int i = 0;
        for (; i + 4 <= entries.Length; i += 4)
        {
            Vector256<double> x = WideEntries.Four(entries, i);
            Vector256<ulong> magnitude = Vector256.AndNot(x.AsUInt64(), Vector256.Create(Sign));
            Vector256<ulong> negative = Vector256.LessThan(x, Vector256<double>.Zero).AsUInt64(), zero = Vector256.Equals(magnitude, Vector256<ulong>.Zero);
            s += Vector256.AndNot((Mix(magnitude ^ place) ^ negative) - negative, zero);
            if (square)
                t += Vector256.AndNot((Mix(magnitude ^ mirror) ^ negative) - negative, zero);
            place += step;
            mirror += mirrorStep;
        }

        _straight += Vector256.Sum(s);
        _turned += Vector256.Sum(t);
        for (; i < entries.Length; i++)
        {
            double x = double.CreateTruncating(entries[i]);
            if (x == 0)
                continue;
            ulong magnitude = BitConverter.DoubleToUInt64Bits(Math.Abs(x));
            ulong mark = Mix(magnitude ^ (here + ((ulong)(uint)i * along))), turned = Mix(magnitude ^ (there + ((ulong)(uint)i * across)));
            _straight += x < 0 ? 0 - mark : mark;
            if (square)
                _turned += x < 0 ? 0 - turned : turned;
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
