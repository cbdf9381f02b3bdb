using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>Spectra that must converge.</summary>
internal static class SpectrumOf
{
    /// <summary>The singular values, ascending.</summary>
    public static double[] Singular(double[] w, int rows, int columns, SpectrumPath path = SpectrumPath.Automatic)
    {
        double[] values = new double[Math.Min(rows, columns)];
        Assert.Equal(SpectrumOutcome.Converged, SingularValues.Compute(w, rows, columns, values, path, TestContext.Current.CancellationToken));
        return values;
    }

    /// <summary>The eigenvalues of the Gram matrix, ascending.</summary>
    public static double[] Gram(double[] w, int rows, int columns)
    {
        double[] values = new double[Math.Min(rows, columns)];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(w, rows, columns, values, TestContext.Current.CancellationToken));
        return values;
    }

    /// <summary>Asserts |actual - expected| &lt;= tolerance times the largest expected value, for each value.</summary>
    public static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Length == 0 ? 0 : expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * largest))
                Assert.Fail($"value {i} of {expected.Length}: expected {expected[i]:R}, found {actual[i]:R}, off by {(actual[i] - expected[i]) / largest:E2} of the largest");
        }
    }
}
