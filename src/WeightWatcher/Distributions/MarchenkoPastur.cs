namespace WeightWatcher.Distributions;

/// <summary>
/// The Marchenko-Pastur distribution: the limit of the eigenvalues of WᵀW / N for an N x M matrix W with independent entries of mean
/// zero and variance sigma^2, N, M to infinity at fixed Q = N / M >= 1 (Marchenko and Pastur, Math. USSR Sbornik 1, 1967).
/// </summary>
/// <remarks>
/// With y = 1 / Q and x = sigma^2 (1 + y - 2 sqrt(y) cos theta), theta from 0 to pi over the support,
/// f(x) dx = (2 / pi) sin^2(theta) / (1 + y - 2 sqrt(y) cos theta) dtheta, which has an elementary integral and no singularity, also at Q = 1.
/// </remarks>
internal sealed record MarchenkoPastur
{
    private readonly double _root;
    private readonly double _y;

    /// <summary>Creates the distribution.</summary>
    /// <param name="q">Q = N / M, at least 1.</param>
    /// <param name="variance">sigma^2, the variance of one entry; positive.</param>
    public MarchenkoPastur(double q, double variance = 1)
    {
        if (!(q >= 1) || double.IsInfinity(q))
            throw new ArgumentOutOfRangeException(nameof(q), q, "Q must be finite and at least 1.");
        if (!(variance > 0) || double.IsInfinity(variance))
            throw new ArgumentOutOfRangeException(nameof(variance), variance, "The variance must be finite and positive.");
        Q = q;
        Variance = variance;
        _y = 1 / q;
        _root = Math.Sqrt(_y);
    }

    /// <summary>Q = N / M.</summary>
    public double Q { get; }

    /// <summary>sigma^2; also the mean of the distribution.</summary>
    public double Variance { get; }

    /// <summary>The lower end of the support, sigma^2 (1 - 1 / sqrt(Q))^2.</summary>
    public double LowerEdge => Variance * (1 - _root) * (1 - _root);

    /// <summary>The upper end of the support, sigma^2 (1 + 1 / sqrt(Q))^2.</summary>
    public double UpperEdge => Variance * (1 + _root) * (1 + _root);

    /// <summary>The density at x; zero outside the support, infinite at 0 for Q = 1.</summary>
    public double Density(double x)
    {
        if (x == 0 && Q == 1)
            return double.PositiveInfinity;
        double inside = (UpperEdge - x) * (x - LowerEdge);
        return inside > 0 ? Math.Sqrt(inside) / (2 * Math.PI * Variance * _y * x) : 0;
    }

    /// <summary>The probability of a value of at most x.</summary>
    public double Cdf(double x)
    {
        if (double.IsNaN(x))
            return double.NaN;
        if (x <= LowerEdge)
            return 0;
        return x >= UpperEdge ? 1 : CdfAtAngle(Angle(x));
    }

    /// <summary>The value below which a share <paramref name="probability"/> in [0, 1] lies.</summary>
    public double Quantile(double probability) => Value(QuantileAngle(probability));

    /// <summary>
    /// The mean of the values between two quantiles, 0 &lt;= low &lt; high &lt;= 1: what a trimmed mean of a large sample tends to.
    /// </summary>
    public double TrimmedMean(double low, double high)
    {
        if (!(low >= 0 && low < high && high <= 1))
            throw new ArgumentOutOfRangeException(nameof(low), low, "The quantiles must be ordered and within [0, 1].");

        // x f(x) dx = sigma^2 (2 / pi) sin^2(theta) dtheta.
        double from = QuantileAngle(low), to = QuantileAngle(high);
        return Variance * (to - from - (((Math.Sin(2 * to)) - Math.Sin(2 * from)) / 2)) / Math.PI / (high - low);
    }

    private double Value(double angle)
    {
        double half = Math.Sin(angle / 2);
        return Variance * (((1 - _root) * (1 - _root)) + (4 * _root * half * half));
    }

    private double Angle(double x)
        => 2 * Math.Asin(Math.Sqrt(Math.Clamp(((x / Variance) - ((1 - _root) * (1 - _root))) / (4 * _root), 0, 1)));

    private double CdfAtAngle(double angle)
    {
        double arc = Math.Atan2((1 + _root) * Math.Sin(angle / 2), (1 - _root) * Math.Cos(angle / 2));
        double value = ((2 * _root * Math.Sin(angle)) + ((1 + _y) * angle) - (2 * (1 - _y) * arc)) / (2 * Math.PI * _y);
        return Math.Clamp(value, 0, 1);
    }

    private double QuantileAngle(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in [0, 1].");
        if (probability == 0)
            return 0;
        if (probability == 1)
            return Math.PI;
        double low = 0, high = Math.PI;
        while (true)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high)
                return middle;
            if (CdfAtAngle(middle) < probability)
                low = middle;
            else
                high = middle;
        }
    }
}
