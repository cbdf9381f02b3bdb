namespace Training;

/// <summary>The softmax of logits and the slopes of its cross-entropy, with an exponential that has the same bits on every machine.</summary>
internal static class Softmax
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.693147180369123816490;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double SmallestUseful = -700;

    /// <summary>slopes[i] = weight (softmax(logits)[i] - [i = digit]); NaN if any logit is NaN or infinite.</summary>
    public static void SlopesOfCrossEntropy(ReadOnlySpan<float> logits, int digit, float weight, Span<float> slopes)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);

        double sum = 0;
        foreach (float logit in logits)
            sum += Exponential(logit - largest);
        for (int i = 0; i < logits.Length; i++)
            slopes[i] = weight * (float)((Exponential(logits[i] - largest) / sum) - (i == digit ? 1 : 0));
    }

    /// <summary>e^x for x of at most 0, to about 1e-15 relative, by x = k ln 2 + r and the Taylor series of e^r; 0 below -700, NaN for NaN.</summary>
    internal static double Exponential(double x)
    {
        if (double.IsNaN(x))
            return double.NaN;
        if (x < SmallestUseful)
            return 0;

        double k = Math.Floor((x * Log2E) + 0.5);
        double r = x - (k * Ln2High) - (k * Ln2Low);
        double series = 1;
        for (int n = 14; n >= 1; n--)
            series = 1 + (r * series / n);
        return series * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }
}
