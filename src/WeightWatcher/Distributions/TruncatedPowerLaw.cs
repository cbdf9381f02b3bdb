using MathNet.Numerics.Integration;

namespace WeightWatcher.Distributions;

/// <summary>
/// A power law with an exponential cut-off, p(x) = C x^-alpha exp(-lambda x) for x >= xmin, where 1 / C = lambda^(alpha - 1) Gamma(1 - alpha, lambda xmin)
/// (Clauset, Shalizi, Newman, SIAM Review 51, 2009, table 1).
/// </summary>
/// <remarks>
/// With v = ln(x / xmin) and t = lambda xmin the density of v is exp((1 - alpha) v - t (e^v - 1)) / J: smooth and quickly decreasing for every alpha,
/// integer or not, where the incomplete gamma function of a negative argument is awkward. J and the moments of v and w = e^v - 1 come from Gauss-Legendre
/// quadrature over the range where the integrand is above e^-45.
/// </remarks>
internal sealed record TruncatedPowerLaw
{
    private const double Negligible = 45;
    private const double WidestPanel = 3;
    private const int FewestPanels = 4;

    private static readonly GaussLegendreRule Rule = new(0, 1, 16);

    /// <summary>Creates the distribution.</summary>
    /// <param name="alpha">The exponent, at least 0; above 1 when <paramref name="lambda"/> is 0.</param>
    /// <param name="lambda">The rate of the cut-off, at least 0, in units of 1 / x.</param>
    /// <param name="xMin">The smallest value (inclusive), positive.</param>
    public TruncatedPowerLaw(double alpha, double lambda, double xMin)
    {
        if (!(alpha >= 0) || double.IsInfinity(alpha))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "The exponent must be finite and at least 0.");
        if (!(lambda >= 0) || double.IsInfinity(lambda) || (lambda == 0 && alpha <= 1))
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "The rate must be finite and positive, or 0 with an exponent above 1.");
        if (!(xMin > 0) || double.IsInfinity(xMin))
            throw new ArgumentOutOfRangeException(nameof(xMin), xMin, "The smallest value must be finite and positive.");
        Alpha = alpha;
        Lambda = lambda;
        XMin = xMin;
        Moments = MomentsOf(alpha, lambda * xMin);
    }

    /// <summary>The exponent.</summary>
    public double Alpha { get; }

    /// <summary>The rate of the cut-off, in units of 1 / x.</summary>
    public double Lambda { get; }

    /// <summary>The smallest value (inclusive).</summary>
    public double XMin { get; }

    /// <summary>J and the means of v and w.</summary>
    public TruncatedPowerLawMoments Moments { get; }

    /// <summary>The logarithm of the density; minus infinity below xmin.</summary>
    public double LogDensity(double x)
    {
        double ratio = x / XMin;
        return ratio < 1
            ? double.NegativeInfinity
            : (-Alpha * Math.Log(ratio)) - (Lambda * XMin * (ratio - 1)) - Math.Log(Moments.Normalizer) - Math.Log(XMin);
    }

    /// <summary>The probability of a value of at most x.</summary>
    public double Cdf(double x)
    {
        if (!(x > XMin))
            return double.IsNaN(x) ? double.NaN : 0;
        if (double.IsPositiveInfinity(x))
            return 1;

        // The tail beyond x is the same integral with xmin moved to x.
        double ratio = x / XMin;
        double tail = MomentsOf(Alpha, Lambda * x).Normalizer / Moments.Normalizer;
        return Math.Clamp(1 - (tail * Math.Exp(((1 - Alpha) * Math.Log(ratio)) - (Lambda * XMin * (ratio - 1)))), 0, 1);
    }

    /// <summary>J and the means of v and w for an exponent and t = lambda xmin.</summary>
    /// <param name="alpha">At least 0; above 1 when <paramref name="t"/> is 0.</param>
    /// <param name="t">At least 0.</param>
    public static TruncatedPowerLawMoments MomentsOf(double alpha, double t)
    {
        if (t == 0)
        {
            double inverse = 1 / (alpha - 1);
            return new TruncatedPowerLawMoments(inverse, inverse, alpha > 2 ? 1 / (alpha - 2) : double.PositiveInfinity);
        }

        double end = End(alpha, t);
        int panels = Math.Max(FewestPanels, (int)Math.Ceiling(end / WidestPanel));
        double width = end / panels, sum = 0, sumV = 0, sumW = 0;
        for (int panel = 0; panel < panels; panel++)
        {
            for (int i = 0; i < Rule.Order; i++)
            {
                double v = width * (panel + Rule.GetAbscissa(i)), w = Math.Exp(v) - 1;
                double term = Rule.GetWeight(i) * Math.Exp(((1 - alpha) * v) - (t * w));
                sum += term;
                sumV += term * v;
                sumW += term * w;
            }
        }

        return new TruncatedPowerLawMoments(sum * width, sumV / sum, sumW / sum);
    }

    /// <summary>A v beyond which the integrand is negligible.</summary>
    private static double End(double alpha, double t)
    {
        if (alpha <= 1)
        {
            // The integrand may rise by (1 - alpha) v first: t w = 45 + (1 - alpha) v, solved from below by a contraction.
            double end = Math.Log(1 + (Negligible / t));
            for (int i = 0; i < 4; i++)
                end = Math.Log(1 + ((Negligible + ((1 - alpha) * end)) / t));
            return end;
        }

        return Math.Min(Negligible / (alpha - 1), Math.Log(1 + (Negligible / t)));
    }
}

/// <summary>What the likelihood of a <see cref="TruncatedPowerLaw"/> needs; v = ln(x / xmin), w = x / xmin - 1.</summary>
/// <param name="Normalizer">J, the integral of exp((1 - alpha) v - t w) over v.</param>
/// <param name="MeanV">The mean of v.</param>
/// <param name="MeanW">The mean of w; infinite for t = 0 and an exponent of at most 2.</param>
internal readonly record struct TruncatedPowerLawMoments(double Normalizer, double MeanV, double MeanW);
