using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;
using WeightWatcher.Distributions;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher.Reports.Plots;

/// <summary>The three pictures of a layer: its spectrum beside that of its permuted self, the tail with its fit, and the random bulk with what stands out of it.</summary>
internal static class LayerPlots
{
    private const double Width = 360, Height = 220;

    private static readonly OxyThickness Margins = new(38, 20, 12, 36);

    /// <summary>The density of the eigenvalues over their logarithm, real and permuted.</summary>
    public static string Spectrum(LayerReport layer, SpectrumSketch sketch, string id)
    {
        double most = Math.Max(sketch.Logarithmic.Max(), sketch.Permuted.IsEmpty ? 0 : sketch.Permuted.Max());
        PlotModel model = PlotFrame.Model(Margins);
        model.Axes.Add(PlotFrame.Logarithmic(AxisPosition.Bottom, "eigenvalue λ", Math.Pow(10, sketch.LogLow), Math.Pow(10, sketch.LogHigh + ((sketch.LogHigh - sketch.LogLow) * 0.03))));
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Left, "eigenvalues per bin", 0, most * 1.12, grid: true));
        if (!sketch.Permuted.IsEmpty)
            model.Series.Add(Steps(sketch, [.. sketch.Permuted.Select(p => (double)p)], PlotInk.Permuted, PlotInk.PermutedArea, LineStyle.Dash));
        model.Series.Add(Steps(sketch, [.. sketch.Logarithmic.Select(c => (double)c)], PlotInk.Real, PlotInk.RealArea, LineStyle.Solid));
        if (layer["max_rand_eval"] is { IsMeasured: true } edge && edge.Value > 0)
            model.Annotations.Add(Upright(edge.Value, PlotInk.Permuted, ""));
        string compared = layer["rand_distance"] is { IsMeasured: true } rd ? $" The distance between the two, rand_distance, is {ReportNumbers.Short(rd.Value)}." : "";
        return PlotFrame.Svg(model, id, Width, Height, $"Spectrum of {layer.Name}", $"Histogram of {sketch.Count.ToString(CultureInfo.InvariantCulture)} eigenvalues on a logarithmic scale, with that of the layer's permuted self.{compared}");
    }

    /// <summary>The share of eigenvalues of at least λ over λ, both logarithmic, with the fitted law from xmin on.</summary>
    public static string Tail(LayerReport layer, SpectrumSketch sketch, string id)
    {
        double largest = sketch.Eigenvalues[0];
        double low = Math.Max(Math.Pow(10, sketch.LogLow), largest * 1e-5);
        Measurement alpha = layer["alpha"], xmin = layer["xmin"], spikes = layer["num_pl_spikes"];
        bool fitted = alpha.IsMeasured && xmin.IsMeasured && spikes.IsMeasured && xmin.Value > 0;
        // The tail is what is looked at; of what lies below it a part will do.
        if (fitted)
            low = Math.Max(low, xmin.Value / 30);
        PlotModel model = PlotFrame.Model(Margins);
        model.Axes.Add(PlotFrame.Logarithmic(AxisPosition.Bottom, "eigenvalue λ", low, largest * 1.25));
        model.Axes.Add(PlotFrame.Logarithmic(AxisPosition.Left, "share of at least λ", 0.7 / sketch.Count, 1.3, grid: true));
        model.Series.Add(Points(sketch, low, v => !fitted || v < xmin.Value, PlotInk.Faint));
        if (fitted)
        {
            model.Series.Add(Points(sketch, low, v => v >= xmin.Value * (1 - 1e-6), PlotInk.Real));
            LineSeries line = new() { Color = PlotInk.Fit, StrokeThickness = 1.8 };
            foreach ((double x, double share) in Law(layer, alpha.Value, xmin.Value, largest))
                line.Points.Add(new DataPoint(x, share * spikes.Value / sketch.Count));
            model.Series.Add(line);
            if (xmin.Value >= low)
                model.Annotations.Add(Upright(xmin.Value, PlotInk.Fit, "xmin"));
        }

        string said = fitted
            ? $"A power law with alpha {ReportNumbers.Short(alpha.Value)} is fitted to the {ReportNumbers.Short(spikes.Value)} eigenvalues from {ReportNumbers.Short(xmin.Value)} on."
            : $"No law is fitted: {alpha.Reason ?? xmin.Reason}.";
        return PlotFrame.Svg(model, id, Width, Height, $"Tail of the spectrum of {layer.Name}", $"The share of the eigenvalues that are at least as large, on logarithmic scales. {said}");
    }

    /// <summary>The small eigenvalues with the Marchenko-Pastur law, and the spikes and traps beyond it.</summary>
    public static string Bulk(LayerReport layer, SpectrumSketch sketch, string id)
    {
        Measurement upper = layer["bulk_max"];
        double width = sketch.LinearHigh / SpectrumSketch.Bins;
        LineSeries law = new() { Color = PlotInk.Fit, StrokeThickness = 1.8 };
        double peak = 0;
        if (upper.IsMeasured && upper.Value > 0 && layer["Q"] is { IsMeasured: true } q)
        {
            MarchenkoPastur bulk = new(Math.Max(1, q.Value), upper.Value / Math.Pow(1 + (1 / Math.Sqrt(Math.Max(1, q.Value))), 2));
            double count = sketch.Count - (layer["num_spikes"] is { IsMeasured: true } n ? n.Value : 0);
            // At Q = 1 the density has no bound at 0: the picture starts half a bin from it.
            double from = Math.Max(bulk.LowerEdge, width / 2), to = Math.Min(bulk.UpperEdge, sketch.LinearHigh);
            for (int i = 0; i <= 60 && to > from; i++)
            {
                // Denser at the ends, where the curve is steep.
                double x = from + ((to - from) * (1 - Math.Cos(Math.PI * i / 60)) / 2);
                double y = bulk.Density(x) * count * width;
                if (!double.IsFinite(y))
                    continue;
                law.Points.Add(new DataPoint(x, y));
                peak = Math.Max(peak, y);
            }
        }

        // The first bin holds all the zeros of a layer without full rank: it must not flatten the rest.
        double second = sketch.Linear.Skip(1).DefaultIfEmpty(0).Max();
        double top = Math.Max(1, Math.Min(Math.Max(sketch.Linear.Max(), peak), 2.5 * Math.Max(second, 1))) * 1.12;
        PlotModel model = PlotFrame.Model(Margins);
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Bottom, "eigenvalue λ", 0, sketch.LinearHigh));
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Left, "eigenvalues per bin", 0, top, grid: true));
        model.Series.Add(LinearSteps(sketch, width));
        model.Series.Add(law);
        double edge = upper.IsMeasured ? upper.Value : layer["max_rand_eval"] is { IsMeasured: true } random ? random.Value : double.PositiveInfinity;
        foreach (double spike in sketch.Eigenvalues.Take(SpectrumSketch.Largest).Select(e => (double)e).Where(e => e > edge && e <= sketch.LinearHigh))
            model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = spike, MinimumY = 0, MaximumY = top * 0.07, Color = PlotInk.Spike, StrokeThickness = 1.6, LineStyle = LineStyle.Solid });
        Markers(model, [.. layer.Traps.Select(t => Math.Min(t.Lambda, sketch.LinearHigh * 0.99))], top * 0.12, PlotInk.Trap, MarkerType.Diamond);
        int beyond = sketch.Count - sketch.Linear.Sum();
        if (beyond > 0)
            model.Annotations.Add(Note(sketch.LinearHigh, top * 0.96, $"{beyond.ToString("N0", CultureInfo.InvariantCulture)} beyond, up to {ReportNumbers.Short(sketch.Eigenvalues[0])} →"));
        string said = upper.IsMeasured
            ? $"The Marchenko-Pastur law ends at {ReportNumbers.Short(upper.Value)}; {ReportNumbers.Short(layer["num_spikes"])} eigenvalues lie beyond what is random."
            : $"There is no bulk: {upper.Reason}.";
        string traps = layer.Traps.IsEmpty ? "" : $" The permuted layer has {ReportText.Count(layer.Traps.Length, "correlation trap")}.";
        return PlotFrame.Svg(model, id, Width, Height, $"Random bulk of {layer.Name}", said + traps);
    }

    /// <summary>The share of the tail that is at least x, from xmin on: a power law, or one with an exponential cut-off where that was fitted.</summary>
    private static IEnumerable<(double X, double Share)> Law(LayerReport layer, double alpha, double xmin, double largest)
    {
        Func<double, double> share = x => Math.Pow(x / xmin, 1 - alpha);
        if (layer["Lambda"] is { IsMeasured: true } lambda && lambda.Value > 0)
        {
            TruncatedPowerLaw truncated = new(alpha, lambda.Value, xmin);
            share = x => 1 - truncated.Cdf(x);
        }

        for (int i = 0; i <= 24; i++)
        {
            double x = xmin * Math.Pow(largest * 1.15 / xmin, i / 24.0), y = share(x);
            if (y < 0.7 / layer["num_pl_spikes"].Value)
                yield break;
            yield return (x, y);
        }
    }

    private static AreaSeries Steps(SpectrumSketch sketch, double[] counts, OxyColor line, OxyColor area, LineStyle style)
    {
        AreaSeries series = new() { Color = line, Fill = area, StrokeThickness = 1.3, LineStyle = style, MinimumSegmentLength = 0, ConstantY2 = 0, Color2 = OxyColors.Undefined };
        double step = (sketch.LogHigh - sketch.LogLow) / counts.Length;
        series.Points.Add(new DataPoint(Math.Pow(10, sketch.LogLow), 0));
        for (int i = 0; i < counts.Length; i++)
        {
            series.Points.Add(new DataPoint(Math.Pow(10, sketch.LogLow + (i * step)), counts[i]));
            series.Points.Add(new DataPoint(Math.Pow(10, sketch.LogLow + ((i + 1) * step)), counts[i]));
        }

        series.Points.Add(new DataPoint(Math.Pow(10, sketch.LogHigh), 0));
        return series;
    }

    private static AreaSeries LinearSteps(SpectrumSketch sketch, double width)
    {
        AreaSeries series = new() { Color = PlotInk.Real, Fill = PlotInk.RealArea, StrokeThickness = 1.3, MinimumSegmentLength = 0, ConstantY2 = 0, Color2 = OxyColors.Undefined };
        for (int i = 0; i < sketch.Linear.Length; i++)
        {
            series.Points.Add(new DataPoint(i * width, sketch.Linear[i]));
            series.Points.Add(new DataPoint((i + 1) * width, sketch.Linear[i]));
        }

        return series;
    }

    private static LineSeries Points(SpectrumSketch sketch, double low, Func<double, bool> of, OxyColor color)
    {
        LineSeries series = new() { LineStyle = LineStyle.None, Color = color, MarkerType = MarkerType.Circle, MarkerSize = 2.1, MarkerFill = color, MarkerStroke = OxyColors.Undefined };
        for (int i = 0; i < sketch.Eigenvalues.Length; i++)
        {
            double value = sketch.Eigenvalues[i];
            if (value >= low && of(value))
                series.Points.Add(new DataPoint(value, (double)sketch.Ranks[i] / sketch.Count));
        }

        return series;
    }

    private static void Markers(PlotModel model, double[] at, double height, OxyColor color, MarkerType type)
    {
        if (at.Length == 0)
            return;
        LineSeries series = new() { LineStyle = LineStyle.None, Color = color, MarkerType = type, MarkerSize = 3.6, MarkerFill = color, MarkerStroke = OxyColors.Undefined };
        series.Points.AddRange(at.Select(x => new DataPoint(x, height)));
        model.Series.Add(series);
    }

    private static LineAnnotation Upright(double x, OxyColor color, string text) => new()
    {
        Type = LineAnnotationType.Vertical,
        X = x,
        Color = color,
        LineStyle = LineStyle.Dash,
        StrokeThickness = 1,
        Text = text,
        TextColor = color,
        FontSize = PlotFrame.Letters,
        TextOrientation = AnnotationTextOrientation.Horizontal,
        TextLinePosition = 0.98,
        TextHorizontalAlignment = HorizontalAlignment.Right,
        TextVerticalAlignment = VerticalAlignment.Top,
        TextMargin = 3,
    };

    private static TextAnnotation Note(double x, double y, string text) => new()
    {
        TextPosition = new DataPoint(x, y),
        Text = text,
        TextColor = PlotInk.Spike,
        Stroke = OxyColors.Undefined,
        StrokeThickness = 0,
        FontSize = PlotFrame.Letters,
        TextHorizontalAlignment = HorizontalAlignment.Right,
        TextVerticalAlignment = VerticalAlignment.Top,
    };
}
