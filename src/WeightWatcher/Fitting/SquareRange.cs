using System.Collections.Immutable;

namespace WeightWatcher.Fitting;

/// <summary>
/// Whether double precision holds the squares of singular values, of which nearly all metrics are made: it ends near 1.8e308, and loses digits below 2.2e-308. Weights of double precision
/// reach farther, to about the squares of both.
/// </summary>
internal static class SquareRange
{
    /// <summary>Why there is no value where it does not.</summary>
    public const string Left = "the square of the weights leaves the range of a double";

    /// <summary>2^-1022, the smallest positive number with all digits.</summary>
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>Sums of squares about a median, or of two spectra, are up to six times the sum of squares.</summary>
    private const double Headroom = 8;

    /// <summary>Whether the squares of all singular values that count, and their sum, can be held.</summary>
    /// <param name="slices">The singular values of each slice, not negative; infinite ones cannot be held.</param>
    /// <param name="tolerance">The largest singular value of a slice that does not count, being rounding error.</param>
    public static bool Holds(ImmutableArray<double[]> slices, Func<double[], double> tolerance)
    {
        double sum = 0;
        foreach (double[] slice in slices)
        {
            double smallest = tolerance(slice);
            foreach (double value in slice)
            {
                double square = value * value;
                if (value > smallest && square < SmallestNormal)
                    return false;
                sum += square;
            }
        }

        return double.IsFinite(Headroom * sum);
    }
}
