using System.Numerics;

namespace WeightWatcher.Fitting;

/// <summary>Which limits of the empirical distribution function the Kolmogorov-Smirnov distance compares with the fitted one.</summary>
internal enum KolmogorovSmirnovSides
{
    /// <summary>Left limits k / n only, as the Python tool does.</summary>
    LeftLimits,

    /// <summary>Left limits k / n and right limits (k + 1) / n: the Kolmogorov-Smirnov statistic.</summary>
    Both,
}

/// <summary>
/// The scan over every possible start of a power-law tail: the maximum-likelihood exponent of each tail in O(n) by suffix sums
/// of logarithms, and the Kolmogorov-Smirnov distance of each tail by an exact branch and bound.
/// </summary>
/// <remarks>
/// Let x be ascending, tail i hold n_i = n - i values, and F_i(x) = 1 - (x / x_i)^(1 - alpha_i).
/// <c>alpha_i = 1 + n_i / sum over j >= i of ln(x_j / x_i)</c> (Clauset, Shalizi, Newman 2009, equation 3.1).
/// Both F_i(x_(i+k)) and k / n_i rise with k; so on an index range (a, b) no deviation exceeds
/// max(F(b) - S(a + 1), S(b - 1) - F(a)), and a range whose bound does not beat a deviation already found needs no look.
/// </remarks>
internal readonly ref struct PowerLawScan
{
    /// <summary>How far rounding may break the monotony of F; bounds are widened by it so that nothing is cut off wrongly.</summary>
    private const double RoundingSlack = 1e-13;

    /// <summary>About how many tails are looked at first, and at how many of the values of each.</summary>
    private const int CoarseTails = 64, CoarseValues = 5;

    /// <summary>How many tails are held against a value at once.</summary>
    private static readonly int Lanes = Vector<double>.Count;

    private readonly ReadOnlySpan<double> _logs;
    private readonly ReadOnlySpan<double> _alphas;
    private readonly KolmogorovSmirnovSides _sides;

    private PowerLawScan(ReadOnlySpan<double> logs, ReadOnlySpan<double> alphas, KolmogorovSmirnovSides sides)
    {
        _logs = logs;
        _alphas = alphas;
        _sides = sides;
    }

    /// <summary>Prepares the scan.</summary>
    /// <param name="data">n >= 2 positive finite values, ascending.</param>
    /// <param name="sides">Which limits the distance compares.</param>
    /// <param name="logs">Scratch of length n; receives ln(x_j / x_(n-1)), which makes the scan independent of the scale of x.</param>
    /// <param name="alphas">Scratch of length n - 1; receives the exponent of each tail, infinite for a tail of equal values.</param>
    public static PowerLawScan Create(ReadOnlySpan<double> data, KolmogorovSmirnovSides sides, Span<double> logs, Span<double> alphas)
    {
        int n = data.Length;
        double largest = data[n - 1];
        int at = 0;
        for (; at <= n - Lanes; at += Lanes)
            Vector.Log(new Vector<double>(data[at..]) / new Vector<double>(largest)).CopyTo(logs[at..]);
        if (at < n)
        {
            // In a vector as well, so that equal values have equal logarithms.
            Span<double> rest = stackalloc double[Lanes];
            rest.Fill(largest);
            data[at..].CopyTo(rest);
            Vector.Log(new Vector<double>(rest) / new Vector<double>(largest)).CopyTo(rest);
            rest[..(n - at)].CopyTo(logs[at..]);
        }

        double sum = 0, compensation = 0;
        for (int i = n - 1; i >= 0; i--)
        {
            // Neumaier's compensated sum; |term| may exceed |sum| because the logarithms grow downwards.
            double term = logs[i];
            double total = sum + term;
            compensation += Math.Abs(sum) >= Math.Abs(term) ? sum - total + term : term - total + sum;
            sum = total;
            if (i < n - 1)
            {
                double count = n - i;
                alphas[i] = 1 + (count / (sum + compensation - (count * term)));
            }
        }

        return new PowerLawScan(logs[..n], alphas[..(n - 1)], sides);
    }

    /// <summary>The exponent of each tail, by start index.</summary>
    public ReadOnlySpan<double> Alphas => _alphas;

    /// <summary>
    /// The first tail with the smallest distance.
    /// </summary>
    /// <param name="legal">Whether a tail may be chosen; null: any.</param>
    /// <returns>Start index and distance; index -1 only when no tail is legal.</returns>
    public (int Index, double D) Best(Func<int, bool>? legal)
    {
        int best = -1, probe = 0;
        double smallest = double.PositiveInfinity;

        // The one of a few tails that promises the smallest distance lets nearly all others be refused after one or two deviations.
        if (Promising(legal) is { } promising)
            Try(promising, legal, ref best, ref smallest, ref probe);

        Probes probes = new(probe);
        for (int first = 0; first < _alphas.Length; first += Lanes)
        {
            ulong refused = Refused(first, smallest, ref probes);
            for (int i = first; i < Math.Min(first + Lanes, _alphas.Length); i++)
            {
                if (((refused >> (i - first)) & 1) == 0 && Try(i, legal, ref best, ref smallest, ref probe))
                    probes.Remember(probe);
            }
        }

        return (best, smallest);
    }

    /// <summary>How far the exponents of nearly best tails lie from one exponent: the root mean square over the tails of at most a distance.</summary>
    /// <param name="alpha">The exponent.</param>
    /// <param name="distance">The largest distance of a tail that counts (inclusive).</param>
    /// <param name="legal">Whether a tail may be chosen; null: any.</param>
    public double SpreadWithin(double alpha, double distance, Func<int, bool>? legal)
    {
        double squares = 0, cutoff = Math.BitIncrement(distance);
        int count = 0, probe = 0;
        Probes probes = new(probe);
        for (int first = 0; first < _alphas.Length; first += Lanes)
        {
            ulong refused = Refused(first, distance, ref probes);
            for (int i = first; i < Math.Min(first + Lanes, _alphas.Length); i++)
            {
                if (((refused >> (i - first)) & 1) != 0 || !double.IsFinite(_alphas[i]) || (legal is not null && !legal(i)))
                    continue;
                double found = Distance(i, cutoff, ref probe, enough: distance);
                probes.Remember(probe);
                if (found > distance)
                    continue;
                squares += (_alphas[i] - alpha) * (_alphas[i] - alpha);
                count++;
            }
        }

        return count == 0 ? 0 : Math.Sqrt(squares / count);
    }

    /// <summary>The distance of every tail, by start index.</summary>
    /// <param name="distances">Receives n - 1 values.</param>
    public void Curve(Span<double> distances)
    {
        int probe = 0;
        for (int i = 0; i < _alphas.Length; i++)
            distances[i] = Distance(i, double.PositiveInfinity, ref probe);
    }

    /// <summary>The tail, of some spread over all, that deviates least at a few of its values; null when none of them may be chosen.</summary>
    private int? Promising(Func<int, bool>? legal)
    {
        int? promising = null;
        double least = double.PositiveInfinity;
        int stride = Math.Max(1, _alphas.Length / CoarseTails);
        for (int i = 0; i < _alphas.Length; i += stride)
        {
            if (!(_alphas[i] > 1) || (legal is not null && !legal(i)))
                continue;
            double most = 0;
            for (int value = 1; value <= CoarseValues && most < least; value++)
                most = Math.Max(most, Deviation(i, (int)((long)(_logs.Length - i) * value / (CoarseValues + 1))));
            if (most < least)
                (promising, least) = (i, most);
        }

        return promising;
    }

    /// <summary>Looks at one tail, unless it was looked at already or must not be chosen.</summary>
    /// <returns>Whether it was looked at.</returns>
    private bool Try(int start, Func<int, bool>? legal, ref int best, ref double smallest, ref int probe)
    {
        if (start == best || (legal is not null && !legal(start)))
            return false;

        // An earlier tail wins with an equal distance, a later one needs a smaller.
        double limit = start < best ? Math.BitIncrement(smallest) : smallest;
        double distance = Distance(start, limit, ref probe);
        if (distance < limit)
            (best, smallest) = (start, distance);
        return true;
    }

    /// <summary>
    /// Which of neighbouring tails deviate by more than a distance at one of a few values: a bit each, the lowest for the first. What is not refused needs a look. A vector's exponential
    /// may differ from a number's in the last places, so that only what exceeds the distance clearly is refused, and no result depends on it.
    /// </summary>
    private ulong Refused(int first, double distance, ref Probes probes)
    {
        if (first > _alphas.Length - Lanes)
            return 0;
        Vector<double> alphas = new(_alphas[first..]), logs = new(_logs[first..]);
        Vector<double> starts = Vector.CreateSequence<double>(first, 1), counts = new Vector<double>(_logs.Length) - starts;
        Vector<double> limit = new(distance + RoundingSlack);
        Vector<long> refused = Vector<long>.Zero;
        for (int i = 0; i < Probes.Count && refused != Vector<long>.AllBitsSet; i++)
        {
            int at = probes[i];
            if (at < first)
                continue;
            Vector<double> fitted = Vector<double>.One - Vector.Exp((Vector<double>.One - alphas) * (new Vector<double>(_logs[at]) - logs));
            Vector<double> ranks = new Vector<double>(at) - starts, deviation = Vector.Abs(fitted - (ranks / counts));
            if (_sides == KolmogorovSmirnovSides.Both)
                deviation = Vector.Max(deviation, Vector.Abs(fitted - ((ranks + Vector<double>.One) / counts)));
            Vector<long> more = Vector.GreaterThan(deviation, limit) & Vector.GreaterThanOrEqual(ranks, Vector<double>.Zero);
            if ((more & ~refused) != Vector<long>.Zero)
                probes.Promote(i);
            refused |= more;
        }

        ulong bits = 0;
        for (int lane = 0; lane < Lanes; lane++)
            bits |= (refused[lane] == 0 ? 0ul : 1) << lane;
        return bits;
    }

    /// <summary>The deviation between the fitted and the empirical distribution function of tail <paramref name="start"/> at its k-th value.</summary>
    public double Deviation(int start, int k)
    {
        double count = _logs.Length - start;
        return Deviation(Fitted(start, k), k, count);
    }

    /// <summary>
    /// The distance of one tail, exactly; or, as soon as one deviation reaches <paramref name="cutoff"/>, some value not below it; or some value not above <paramref name="enough"/>
    /// when the distance is not.
    /// </summary>
    /// <param name="start">Index of the smallest value of the tail.</param>
    /// <param name="cutoff">The smallest distance so far.</param>
    /// <param name="probe">Index into the data where the last tail deviated most; the first place to look, and updated.</param>
    /// <param name="enough">Below which distances need not be told apart.</param>
    private double Distance(int start, double cutoff, ref int probe, double enough = 0)
    {
        if (!(_alphas[start] > 1))
            return 1;

        int n = _logs.Length - start;
        double count = n;
        double first = Fitted(start, 0), last = Fitted(start, n - 1);
        double found = Deviation(first, 0, count);
        int where = 0;
        Raise(Deviation(last, n - 1, count), n - 1, ref found, ref where);
        int guess = probe - start;
        if (guess > 0 && guess < n - 1)
            Raise(Deviation(Fitted(start, guess), guess, count), guess, ref found, ref where);

        // A binary subdivision is never deeper than the bits of n, and each level leaves at most one range waiting.
        Span<Range> waiting = stackalloc Range[40];
        int depth = 0;
        if (n > 2)
            waiting[depth++] = Bounded(0, n - 1, first, last, count);
        while (depth > 0 && found < cutoff)
        {
            Range range = waiting[--depth];
            if (range.Bound + RoundingSlack < Math.Max(found, enough))
                continue;
            int middle = (range.Low + range.High) / 2;
            double fitted = Fitted(start, middle);
            Raise(Deviation(fitted, middle, count), middle, ref found, ref where);

            // The half that promises more is taken up first.
            Range lower = Bounded(range.Low, middle, range.FittedLow, fitted, count), upper = Bounded(middle, range.High, fitted, range.FittedHigh, count);
            if (lower.Bound > upper.Bound)
                (lower, upper) = (upper, lower);
            if (lower.High - lower.Low > 1)
                waiting[depth++] = lower;
            if (upper.High - upper.Low > 1)
                waiting[depth++] = upper;
        }

        probe = start + where;
        return found;
    }

    private static void Raise(double deviation, int k, ref double found, ref int where)
    {
        if (deviation > found)
        {
            found = deviation;
            where = k;
        }
    }

    private double Fitted(int start, int k)
    {
        double log = _logs[start + k] - _logs[start];

        // Equal values have F = 0 whatever the exponent, also when it is infinite.
        return log == 0 ? 0 : 1 - Math.Exp((1 - _alphas[start]) * log);
    }

    private double Deviation(double fitted, int k, double count)
    {
        double left = Math.Abs(fitted - (k / count));
        return _sides == KolmogorovSmirnovSides.LeftLimits ? left : Math.Max(left, Math.Abs(fitted - ((k + 1) / count)));
    }

    private Range Bounded(int low, int high, double fittedLow, double fittedHigh, double count)
    {
        int rightLimit = _sides == KolmogorovSmirnovSides.Both ? 1 : 0;
        return new Range(low, high, fittedLow, fittedHigh, Math.Max(fittedHigh - ((low + 1) / count), ((high - 1 + rightLimit) / count) - fittedLow));
    }

    /// <summary>Indices into the data where tails deviated most, those that refused one last first.</summary>
    [System.Runtime.CompilerServices.InlineArray(Count)]
    private struct Probes
    {
        public const int Count = 4;

        private int _first;

        public Probes(int probe)
        {
            for (int i = 0; i < Count; i++)
                this[i] = probe;
        }

        /// <summary>Puts one first.</summary>
        public void Promote(int index)
        {
            int probe = this[index];
            for (int i = index; i > 0; i--)
                this[i] = this[i - 1];
            this[0] = probe;
        }

        /// <summary>Puts a new one first; the one that was not used for longest is forgotten.</summary>
        public void Remember(int probe)
        {
            int index = 0;
            while (index < Count - 1 && this[index] != probe)
                index++;
            this[index] = probe;
            Promote(index);
        }
    }

    /// <summary>The indices between Low and High (exclusive), the fitted values at both, and what no deviation between exceeds.</summary>
    private readonly record struct Range(int Low, int High, double FittedLow, double FittedHigh, double Bound);
}
