using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;

namespace WeightWatcher.Tests.Distributions;

/// <summary>
/// The Tracy-Widom distribution function of real matrices from its Fredholm determinant, F(s) = det(I - B), B(x, y) = Ai(x + y + s) on
/// x, y >= 0; it made the coefficients of the product (<see cref="Coefficients"/>) and checks them.
/// </summary>
internal static class TracyWidomDeterminant
{
    private const double Highest = 16;
    private const int Order = 48;

    private static readonly GaussLegendreRule Rule = new(0, 1, Order);

    /// <summary>The Chebyshev coefficients of the normal score of F over [-reach, reach].</summary>
    public static double[] Coefficients(double reach, int count)
    {
        double[] scores = new double[count], coefficients = new double[count];
        for (int k = 0; k < count; k++)
        {
            double f = Cdf(reach * Math.Cos(Math.PI * (k + 0.5) / count));
            scores[k] = f < 0.5 ? Normal.InvCDF(0, 1, f) : -Normal.InvCDF(0, 1, 1 - f);
        }

        for (int j = 0; j < count; j++)
        {
            for (int k = 0; k < count; k++)
                coefficients[j] += scores[k] * Math.Cos(Math.PI * j * (k + 0.5) / count) * (j == 0 ? 1.0 : 2.0) / count;
        }

        return coefficients;
    }

    /// <summary>The distribution function, with an absolute error below 1e-14 for s from -9 to 16.</summary>
    public static double Cdf(double s)
    {
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

        return Determinant(matrix, Order);
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
