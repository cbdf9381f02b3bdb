using System.Numerics;
using System.Runtime.CompilerServices;

namespace WeightWatcher.Spectra;

/// <summary>
/// The xoshiro256** generator of Blackman and Vigna (2018), seeded through SplitMix64. A struct of 32 bytes: each replica owns one, so that
/// no draw depends on another thread.
/// </summary>
internal struct RandomSource
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Creates a generator from a seed and what the draw is for. Equal arguments give equal streams on every machine.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">Separates streams that must not share draws.</param>
    /// <param name="rows">N of the matrix.</param>
    /// <param name="columns">M of the matrix.</param>
    /// <param name="slice">The slice, from 0.</param>
    /// <param name="replica">The replica, from 0.</param>
    public RandomSource(ulong seed, RandomPurpose purpose, int rows, int columns, int slice, int replica)
    {
        ulong state = seed;
        foreach (ulong part in (ReadOnlySpan<ulong>)[(ulong)purpose, (ulong)rows, (ulong)columns, (ulong)slice, (ulong)replica])
            state = SplitMix(ref state) ^ (part * 0xD6E8FEB86659FD93UL);
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>The next 64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), exactly uniform: Lemire (2019), algorithm 5.</summary>
    /// <param name="bound">1 or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint NextBelow(uint bound)
    {
        ulong product = (NextBits() >> 32) * bound;
        if ((uint)product < bound)
        {
            uint threshold = (uint)-(int)bound % bound;
            while ((uint)product < threshold)
                product = (NextBits() >> 32) * bound;
        }

        return (uint)(product >> 32);
    }

    /// <summary>A uniform number in (0, 1), never 0 or 1, on a grid of 2^-53.</summary>
    public double NextUnit() => ((NextBits() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number: one of <see cref="NextNormals"/>.</summary>
    public double NextNormal() => NextNormals().First;

    /// <summary>Two independent standard normal numbers: Marsaglia's polar method (1964).</summary>
    public (double First, double Second) NextNormals()
    {
        while (true)
        {
            double x = (2 * NextUnit()) - 1;
            double y = (2 * NextUnit()) - 1;
            double r = (x * x) + (y * y);
            if (r is > 0 and < 1)
            {
                double factor = Math.Sqrt(-2 * Math.Log(r) / r);
                return (x * factor, y * factor);
            }
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>What a random stream is for.</summary>
internal enum RandomPurpose
{
    /// <summary>Permuting the elements of a matrix.</summary>
    Permutation = 1,

    /// <summary>A Gaussian matrix.</summary>
    Gaussian = 2,

    /// <summary>Dealing the rows of a matrix to the groups of a jackknife.</summary>
    Jackknife = 3,

    /// <summary>Drawing spectra from a fitted power law.</summary>
    Bootstrap = 4,

    /// <summary>Errors of rounding the elements.</summary>
    Rounding = 5,

    /// <summary>Dealing the large entries of a matrix to places, without the matrix.</summary>
    Spikes = 6,
}
