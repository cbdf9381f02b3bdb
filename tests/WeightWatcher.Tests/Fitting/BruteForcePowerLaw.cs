namespace WeightWatcher.Tests.Fitting;

/// <summary>The power-law scan as its definition reads, in O(n^2): what the branch and bound must agree with.</summary>
internal static class BruteForcePowerLaw
{
    /// <summary>Exponent and distance of every tail.</summary>
    public static (double Alpha, double D)[] Curve(double[] ascending, bool bothSides)
    {
        int n = ascending.Length;
        (double, double)[] curve = new (double, double)[n - 1];
        for (int i = 0; i < n - 1; i++)
        {
            double count = n - i;
            double sum = 0;
            for (int j = i; j < n; j++)
                sum += Math.Log(ascending[j] / ascending[i]);
            double alpha = 1 + (count / sum), largest = alpha > 1 ? 0 : 1;
            for (int k = 0; alpha > 1 && k < count; k++)
            {
                double ratio = ascending[i + k] / ascending[i];
                double fitted = ratio == 1 ? 0 : 1 - Math.Pow(ratio, 1 - alpha);
                largest = Math.Max(largest, Math.Abs(fitted - (k / count)));
                if (bothSides)
                    largest = Math.Max(largest, Math.Abs(fitted - ((k + 1) / count)));
            }

            curve[i] = (alpha, largest);
        }

        return curve;
    }
}
