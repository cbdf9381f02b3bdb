using MathNet.Numerics;
using MathNet.Numerics.Integration;
using MathNet.Numerics.RootFinding;

namespace WeightWatcher.Distributions;

/// <summary>
/// The Tracy-Widom distribution for real matrices (beta = 1): the limit of the centred and scaled largest eigenvalue of a Gaussian
/// sample covariance matrix (Johnstone, Annals of Statistics 29, 2001, theorem 1.1).
/// </summary>
/// <remarks>
/// F(s) = det(I - B), B(x, y) = Ai(x + y + s) on x, y >= 0 (Ferrari and Spohn, J. Phys. A 38, 2005, L557), evaluated by Gauss-Legendre
/// quadrature of the Fredholm determinant, which converges exponentially (Bornemann, Math. Comp. 79, 2010). The absolute error is below 1e-11.
/// </remarks>
internal static class TracyWidom1
{
    /// <summary>The mean of the distribution.</summary>
    public const double Mean = -1.2065335745820;

    /// <summary>The variance of the distribution.</summary>
    public const double Variance = 1.607781034581;

    /// <summary>Below this the distribution function is under 1e-14 and taken for 0.</summary>
    private const double Lowest = -9.5;

    /// <summary>Above this the distribution function is 1 within 1e-16.</summary>
    private const double Highest = 16;

    private const int Order = 48;

    private static readonly GaussLegendreRule Rule = new(0, 1, Order);

    /// <summary>The probability of a value of at most s.</summary>
    public static double Cdf(double s)
    {
        if (double.IsNaN(s))
            return double.NaN;
        if (s <= Lowest)
            return 0;
        if (s >= Highest)
            return 1;

        // Ai(z) falls below 1e-18 from z = 14 on; x + y + s reaches that on the whole boundary of the square.
        double length = Highest - s;
        double[] nodes = new double[Order], roots = new double[Order];
        for (int i = 0; i < Order; i++)
        {
            nodes[i] = length * Rule.GetAbscissa(i);
            roots[i] = Math.Sqrt(length * Rule.GetWeight(i));
        }

        double[] matrix = new double[Order * Order];
        for (int i = 0; i < Order; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double argument = nodes[i] + nodes[j] + s;
                double kernel = argument > Highest ? 0 : roots[i] * roots[j] * SpecialFunctions.AiryAi(argument);
                matrix[(i * Order) + j] = matrix[(j * Order) + i] = (i == j ? 1 : 0) - kernel;
            }
        }

        return Math.Clamp(Determinant(matrix, Order), 0, 1);
    }

    /// <summary>The probability of a value above s.</summary>
    public static double Survival(double s) => 1 - Cdf(s);

    /// <summary>The value below which a share <paramref name="probability"/> in (0, 1) lies, to 1e-9 where the density is not negligible.</summary>
    public static double Quantile(double probability)
    {
        if (!(probability > 0 && probability < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in (0, 1), both excluded.");
        return Brent.FindRoot(s => Cdf(s) - probability, Lowest, Highest, 1e-10, 200);
    }

    private static double Determinant(double[] matrix, int order)
    {
        double determinant = 1;
        for (int k = 0; k < order; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < order; i++)
            {
                if (Math.Abs(matrix[(i * order) + k]) > Math.Abs(matrix[(pivot * order) + k]))
                    pivot = i;
            }

            double head = matrix[(pivot * order) + k];
            if (head == 0)
                return 0;
            Span<double> top = matrix.AsSpan(k * order, order);
            if (pivot != k)
            {
                Span<double> other = matrix.AsSpan(pivot * order, order);
                for (int j = k; j < order; j++)
                    (top[j], other[j]) = (other[j], top[j]);
                determinant = -determinant;
            }

            for (int i = k + 1; i < order; i++)
            {
                Span<double> row = matrix.AsSpan(i * order, order);
                double factor = row[k] / head;
                for (int j = k + 1; j < order; j++)
                    row[j] -= factor * top[j];
            }

            determinant *= head;
        }

        return determinant;
    }
}
