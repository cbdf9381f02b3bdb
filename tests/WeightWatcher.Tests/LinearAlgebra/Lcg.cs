namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>The linear congruential generator of the reference values: x = 6364136223846793005 x + 1442695040888963407 mod 2^64, u = (x >> 11) / 2^53.</summary>
internal sealed class Lcg(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next number, uniform in [0, 1).</summary>
    public double Next()
    {
        state = (6364136223846793005UL * state) + 1442695040888963407UL;
        return (state >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>The next <paramref name="count"/> numbers, uniform in [-1/2, 1/2).</summary>
    public double[] Uniform(int count)
    {
        double[] values = new double[count];
        foreach (ref double value in values.AsSpan())
            value = Next() - 0.5;
        return values;
    }

    /// <summary>The next <paramref name="count"/> numbers t / (1.0001 - t^2) with t uniform in [-1, 1): heavy tails.</summary>
    public double[] Heavy(int count)
    {
        double[] values = new double[count];
        foreach (ref double value in values.AsSpan())
        {
            double t = (2 * Next()) - 1;
            value = t / (1.0001 - (t * t));
        }

        return values;
    }
}
