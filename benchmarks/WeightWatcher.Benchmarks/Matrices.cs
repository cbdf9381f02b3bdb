namespace WeightWatcher.Benchmarks;

/// <summary>Matrices of independent normal numbers, always the same.</summary>
internal static class Matrices
{
    /// <summary>n x m numbers in single precision.</summary>
    public static float[] Normal(int n, int m)
    {
        Random random = new(20240607);
        float[] w = new float[n * m];
        foreach (ref float entry in w.AsSpan())
            entry = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return w;
    }
}
