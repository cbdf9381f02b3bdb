using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// An interval that holds eigenvalues. One with several is halved; one with a single eigenvalue is narrowed by inverse quadratic interpolation of the characteristic polynomial where
/// that is safe and by halving where it is not (Chandrupatla 1997).
/// </summary>
internal struct SturmBracket
{
    // An interval is narrow at this fraction of its upper end too: the distance of two adjacent doubles.
    private const double RelativeWidth = 1.0 / (1L << 52);

    private SturmPoint low, high, former;
    private bool latestIsHigh, hasFormer;

    /// <summary>The interval between two shifts.</summary>
    public SturmBracket(in SturmPoint low, in SturmPoint high)
    {
        this.low = low;
        this.high = high;
        Values = high.Below - low.Below;
    }

    /// <summary>How many eigenvalues the interval holds.</summary>
    public long Values { get; private set; }

    /// <summary>The end of the interval where the polynomial is smaller, for a single eigenvalue; its middle for several.</summary>
    public readonly double Estimate
    {
        get
        {
            if (Values != 1)
                return 0.5 * (low.Shift + high.Shift);
            long exponent = Math.Max(low.Exponent, high.Exponent);
            return low.Relative(exponent) < high.Relative(exponent) ? low.Shift : high.Shift;
        }
    }

    /// <summary>Whether the interval need not be divided any more.</summary>
    public readonly bool IsNarrow(double absoluteWidth) => high.Shift - low.Shift <= Math.Max(absoluteWidth, RelativeWidth * high.Shift);

    /// <summary>Where to divide the interval.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly double NextShift(double absoluteWidth)
    {
        double width = high.Shift - low.Shift;
        double middle = low.Shift + (0.5 * width);
        if (Values != 1)
            return middle;

        // a is the newer end and b the older; fractions are measured from a to b.
        SturmPoint a = latestIsHigh ? high : low, b = latestIsHigh ? low : high;
        long exponent = Math.Max(Math.Max(a.Exponent, b.Exponent), hasFormer ? former.Exponent : a.Exponent);
        double fa = a.Relative(exponent), fb = -b.Relative(exponent);
        double t;
        if (!hasFormer)
        {
            t = fa / (fa - fb);
        }
        else
        {
            // What the newest end replaced lies on its side of the eigenvalue.
            double fc = former.Relative(exponent);
            double c = former.Shift;
            double xi = (a.Shift - b.Shift) / (c - b.Shift), phi = (fa - fb) / (fc - fb);
            bool safe = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
            t = safe
                ? (fa / (fb - fa) * (fc / (fb - fc))) + ((c - a.Shift) / (b.Shift - a.Shift) * (fa / (fc - fa)) * (fb / (fc - fb)))
                : 0.5;
        }

        double smallest = Math.Max(absoluteWidth, RelativeWidth * high.Shift) / width;
        if (!(t > 0 && t < 1))
            t = 0.5;
        t = Math.Clamp(t, Math.Min(smallest, 0.5), Math.Max(1 - smallest, 0.5));
        double shift = a.Shift + (t * (b.Shift - a.Shift));
        return shift > low.Shift && shift < high.Shift ? shift : middle;
    }

    /// <summary>Divides the interval at a point inside it: this one keeps what is below.</summary>
    /// <param name="point">The point.</param>
    /// <param name="upper">What is above; without values where there is nothing.</param>
    /// <returns>False when the point is not inside, which rounding cannot cause.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Divide(in SturmPoint point, out SturmBracket upper)
    {
        upper = default;
        if (!(point.Shift > low.Shift && point.Shift < high.Shift))
            return false;

        // Rounding may make a count contradict its neighbours by the values of a cluster; it never leaves the interval.
        SturmPoint inside = point with { Below = Math.Clamp(point.Below, low.Below, high.Below) };
        if (Values != 1)
        {
            upper = new SturmBracket(inside, high);
            this = new SturmBracket(low, inside);
            return true;
        }

        bool replacesHigh = inside.Below > low.Below;
        former = replacesHigh ? high : low;
        if (replacesHigh)
            high = inside;
        else
            low = inside;
        latestIsHigh = replacesHigh;
        hasFormer = true;
        return true;
    }
}
