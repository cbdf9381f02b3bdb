namespace WeightWatcher.Tests.Fitting;

/// <summary>
/// The formula-defined numbers of the reference values: x becomes 6364136223846793005 x + 1442695040888963407 mod 2^64, starting from the seed;
/// u = (x >> 11) / 2^53.
/// </summary>
internal sealed class LinearCongruentialSamples(ulong seed)
{
    private ulong _state = seed;

    public double NextUnit()
    {
        _state = unchecked((6364136223846793005UL * _state) + 1442695040888963407UL);
        return (_state >> 11) / 9007199254740992.0;
    }

    /// <summary>A float32 entry: u - 1/2, or for "heavy" t / (1.0001 - t^2) with t = 2u - 1.</summary>
    public double NextEntry(string kind)
    {
        double u = NextUnit();
        if (kind == "uniform")
            return (float)(u - 0.5);
        double t = (2 * u) - 1;
        return (float)(t / (1.0001 - (t * t)));
    }

    public double[] Units(int count) => [.. Enumerable.Range(0, count).Select(_ => NextUnit())];
}
