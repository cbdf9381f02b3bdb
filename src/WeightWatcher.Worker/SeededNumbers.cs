using System.Text;

namespace WeightWatcher.Worker;

/// <summary>
/// Random numbers with the same bits on every machine: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), and nothing that
/// rounds as a system's mathematical library does.
/// </summary>
internal sealed class SeededNumbers
{
    private ulong _state;

    /// <summary>Begins the numbers of an input in a run.</summary>
    public SeededNumbers(ulong seed, int run, string name)
    {
        // FNV-1a over the name.
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ b) * 1099511628211);
        _state = seed;
        _state = Next() ^ (ulong)run;
        _state = Next() ^ hash;
    }

    /// <summary>Uniform in [0, 1), in steps of 2^-53.</summary>
    public double NextUniform() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Nearly standard normal: the sum of twelve uniform numbers less six, of mean 0, variance 1 and within 6 of 0.</summary>
    public double NextNormal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++)
            sum += NextUniform();
        return sum;
    }

    /// <summary>Uniform in 0 to <paramref name="count"/> - 1; <paramref name="count"/> is at most 2^64.</summary>
    public UInt128 NextBelow(UInt128 count) => (Next() * count) >> 64;

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
