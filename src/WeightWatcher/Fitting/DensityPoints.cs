using System.Runtime.Intrinsics;

namespace WeightWatcher.Fitting;

/// <summary>
/// The points of a density estimate that a fit is held against, and the sum of squared differences to a fitted density. Vectors of four everywhere, so
/// that sums are formed in one order on every processor.
/// </summary>
internal sealed class DensityPoints
{
    private readonly double[] _x;
    private readonly double[] _inverseX;
    private readonly double[] _density;

    private DensityPoints(double[] x, double[] density)
    {
        _x = x;
        _density = density;
        _inverseX = [.. x.Select(value => value > 0 ? 1 / value : 0)];
        int mode = 0;
        for (int i = 1; i < density.Length; i++)
            mode = density[i] > density[mode] ? i : mode;
        Mode = x.Length == 0 ? 0 : x[mode];
    }

    /// <summary>The number of points.</summary>
    public int Count => _x.Length;

    /// <summary>The first point of the largest density.</summary>
    public double Mode { get; }

    /// <summary>Keeps the grid points j * <paramref name="step"/> whose density exceeds <paramref name="smallest"/>.</summary>
    public static DensityPoints Keep(ReadOnlySpan<double> density, double step, double smallest)
    {
        List<double> x = [], y = [];
        for (int j = 0; j < density.Length; j++)
        {
            if (density[j] > smallest)
            {
                x.Add(j * step);
                y.Add(density[j]);
            }
        }

        return new DensityPoints([.. x], [.. y]);
    }

    /// <summary>Against sqrt(4 - x^2) / (pi sigma^2), the Python tool's quarter circle, whose support does not depend on sigma.</summary>
    public double QuarterCircleError(double sigma)
    {
        // 4 - x^2 = (2 - x) (x + 2): the same form as below with the factor not divided by x.
        return Error(1 / (Math.PI * sigma * sigma), -2, 2, overX: false);
    }

    /// <summary>
    /// Against the Marchenko-Pastur density; <paramref name="penalty"/> squared for each point when the bulk ends below the mode or beyond the last point, or
    /// begins above the mode.
    /// </summary>
    public double MarchenkoPasturError(double q, double sigma, double penalty)
    {
        double reach = Math.Sqrt(1 / q);
        double upper = Math.Pow(sigma * (1 + reach), 2), lower = Math.Pow(sigma * (1 - reach), 2);
        return upper < Mode || upper > _x[^1] || lower > Mode
            ? penalty * penalty * Count
            : Error(q / (2 * Math.PI * sigma * sigma), lower, upper, overX: true);
    }

    /// <summary>The squared differences to factor * sqrt((upper - x)(x - lower)), over x or not.</summary>
    private double Error(double factor, double lower, double upper, bool overX)
    {
        ReadOnlySpan<double> x = _x, inverse = _inverseX, density = _density;
        Vector256<double> factors = Vector256.Create(factor), lowers = Vector256.Create(lower), uppers = Vector256.Create(upper), sum = default;
        int vectors = Count / 4 * 4;
        for (int i = 0; i < vectors; i += 4)
        {
            Vector256<double> at = Vector256.Create(x[i..]), scale = overX ? factors * Vector256.Create(inverse[i..]) : factors;
            Vector256<double> inside = Vector256.Max((uppers - at) * (at - lowers), Vector256<double>.Zero);
            Vector256<double> residual = (scale * Vector256.Sqrt(inside)) - Vector256.Create(density[i..]);
            sum += residual * residual;
        }

        double total = Vector256.Sum(sum);
        for (int i = vectors; i < Count; i++)
        {
            double residual = ((overX ? factor * inverse[i] : factor) * Math.Sqrt(Math.Max(0, (upper - x[i]) * (x[i] - lower)))) - density[i];
            total += residual * residual;
        }

        return total;
    }
}
