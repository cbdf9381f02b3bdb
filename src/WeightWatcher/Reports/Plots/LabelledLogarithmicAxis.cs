using System.Globalization;
using OxyPlot.Axes;

namespace WeightWatcher.Reports.Plots;

/// <summary>A logarithmic axis with ticks at powers of ten and, where there are fewer than two of them, at enough of the numbers between to read it.</summary>
internal sealed class LabelledLogarithmicAxis : LogarithmicAxis
{
    /// <summary>What stands between two powers of ten: every one of these, or, of a range in which these are too few, equal steps.</summary>
    private static readonly double[] Between = [1, 2, 5];

    /// <inheritdoc/>
    public override void GetTickValues(out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        base.GetTickValues(out majorLabelValues, out majorTickValues, out minorTickValues);
        double[] ticks = Ticks(ActualMinimum, ActualMaximum);
        if (ticks.Length == 0)
            return;
        majorLabelValues = ticks;
        majorTickValues = ticks;
    }

    /// <summary>The ticks of a range, ascending; none when powers of ten do.</summary>
    internal static double[] Ticks(double from, double to)
    {
        if (!(from > 0) || !(to > from) || !double.IsFinite(to))
            return [];
        int low = (int)Math.Floor(Math.Log10(from)), high = (int)Math.Ceiling(Math.Log10(to));
        bool Inside(double value) => value >= from && value <= to;
        if (Enumerable.Range(low, high - low + 1).Count(k => Inside(Math.Pow(10, k))) >= 2)
            return [];
        double[] ticks = [.. Enumerable.Range(low, high - low + 1).SelectMany(k => Between.Select(b => b * Math.Pow(10, k))).Where(Inside)];
        if (ticks.Length >= 3)
            return ticks;

        // Of so short a range the logarithm is nearly even.
        double step = Math.Pow(10, Math.Floor(Math.Log10((to - from) / 3)));
        step *= Between.Append(10).Last(b => b * step <= (to - from) / 3);
        return [.. Enumerable.Range(1, 9).Select(i => (Math.Floor(from / step) + i) * step).Where(Inside)];
    }

    /// <summary>A tick as people write it.</summary>
    internal static string Label(double value)
    {
        int exponent = (int)Math.Floor(Math.Log10(value) + 1e-9);
        if (exponent is >= -2 and <= 3)
            return value.ToString("#,0.####", CultureInfo.InvariantCulture);
        double mantissa = Math.Round(value / Math.Pow(10, exponent), 4);
        string power = "10" + string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
        return mantissa == 1 ? power : mantissa.ToString("0.####", CultureInfo.InvariantCulture) + "·" + power;
    }
}
