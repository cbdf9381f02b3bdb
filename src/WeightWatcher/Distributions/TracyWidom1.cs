using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;

namespace WeightWatcher.Distributions;

/// <summary>
/// The Tracy-Widom distribution for real matrices (beta = 1): the limit of the centred and scaled largest eigenvalue of a Gaussian
/// sample covariance matrix (Johnstone, Annals of Statistics 29, 2001, theorem 1.1).
/// </summary>
/// <remarks>
/// On [-8, 8] the normal score z(s) = probit(F(s)) is nearly a straight line; it is held as a Chebyshev series. The coefficients were made, and are
/// checked, by <c>TracyWidomDeterminant</c> in the tests, which evaluates F(s) = det(I - B), B(x, y) = Ai(x + y + s) on x, y >= 0 (Ferrari and Spohn,
/// J. Phys. A 38, 2005, L557) by quadrature of the Fredholm determinant (Bornemann, Math. Comp. 79, 2010). The error of z is below 1e-8, so that of F is
/// below 4e-9 and both tails keep seven digits. Above 8 the tail follows its leading term, exp(-2/3 s^(3/2)) s^(-3/4).
/// </remarks>
internal static class TracyWidom1
{
    /// <summary>The mean of the distribution.</summary>
    public const double Mean = -1.2065335745820;

    /// <summary>The variance of the distribution.</summary>
    public const double Variance = 1.607781034581;

    /// <summary>The series holds on [-Reach, Reach].</summary>
    internal const double Reach = 8;

    /// <summary>Beyond this lies a probability of 1e-136, less than what any double below 1 leaves.</summary>
    private const double Farthest = 60;

    /// <summary>How closely a quantile is found: far above rounding, far below the error of the series.</summary>
    private const double Accuracy = 1e-12;

    /// <summary>The Chebyshev coefficients of z(8 x) on x in [-1, 1].</summary>
    internal static ReadOnlySpan<double> Coefficients =>
    [
        0.1452113780876275,
        6.189113717317023,
        -0.8059446522095023,
        0.11918033096169196,
        0.010162492856138424,
        -0.008788178023955373,
        -0.0004389550768599075,
        0.0011747585817136752,
        -6.496800458499763E-06,
        -0.00019696980407076423,
        1.2176616985604127E-05,
        3.7010510150148335E-05,
        -4.312250419635788E-06,
        -7.417827573667306E-06,
        1.2701750848146769E-06,
        1.5375365168083614E-06,
        -3.4782367915505336E-07,
        -3.267732635592324E-07,
        9.341088806162172E-08,
        6.908398871482054E-08,
        -2.4080969274198338E-08,
        -1.5198973061606818E-08,
        5.932156867579271E-09,
        3.726071409748677E-09,
    ];

    /// <summary>The probability of a value of at most s; 0 below -8, where it is under 2e-12.</summary>
    public static double Cdf(double s) => s < -Reach ? 0 : s > Reach ? 1 - Survival(s) : Phi(Score(s));

    /// <summary>The probability of a value above s, to seven digits also where it is small.</summary>
    public static double Survival(double s)
    {
        if (s < -Reach)
            return 1;
        return s > Reach ? Phi(-Score(Reach)) * Tail(s) / Tail(Reach) : Phi(-Score(s));
    }

    /// <summary>The value below which a share <paramref name="probability"/> in (0, 1) lies; -8 for probabilities under 2e-12.</summary>
    public static double Quantile(double probability)
    {
        if (!(probability > 0 && probability < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in (0, 1), both excluded.");
        double upper = 1 - probability, score = Normal.InvCDF(0, 1, probability);
        bool beyond = score > Score(Reach);
        double low = beyond ? Reach : -Reach, high = beyond ? Farthest : Reach;
        if (!beyond && !(Score(low) < score))
            return low;
        return Brent.FindRoot(s => beyond ? Math.Log(upper) - Math.Log(Survival(s)) : Score(s) - score, low, high, Accuracy);
    }

    private static double Tail(double s) => Math.Exp(-2.0 / 3 * s * Math.Sqrt(s)) * Math.Pow(s, -0.75);

    private static double Phi(double z) => SpecialFunctions.Erfc(-z / Math.Sqrt(2)) / 2;

    /// <summary>Clenshaw's recurrence for the series.</summary>
    private static double Score(double s)
    {
        double x = s / Reach, next = 0, afterNext = 0;
        for (int j = Coefficients.Length - 1; j > 0; j--)
            (next, afterNext) = ((2 * x * next) - afterNext + Coefficients[j], next);
        return (x * next) - afterNext + Coefficients[0];
    }
}
