using System.Collections.Immutable;
using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;
using WeightWatcher.Policies;

namespace WeightWatcher.Reports.Plots;

/// <summary>The pictures of a whole model: every layer by alpha and rand_distance, along the depth, and against the baseline.</summary>
internal static class ModelPlots
{
    private const double Width = 460, Height = 280;

    /// <summary>The space above and below the area of a plot.</summary>
    private const double Above = 20, Below = 36;

    private const int MostPoints = 400;
    private const int MostLabels = 4;

    /// <summary>Where a point stands that lies beyond the picture, as a share of it: whole, at its edge.</summary>
    private const double Edge = 0.97;

    /// <summary>From which part of the axis a label stands left of its point, and which part of the axis a label is wide.</summary>
    private const double OnTheLeft = 0.8, LabelWidth = 0.13;

    /// <summary>Where alpha says that a layer is well trained.</summary>
    private const double WellFrom = 2, WellTo = 6;

    /// <summary>The id of a layer's section in the page.</summary>
    public static string Anchor(int index) => string.Create(CultureInfo.InvariantCulture, $"l{index + 1}");

    /// <summary>alpha over rand_distance, a point per layer; null when no layer has both.</summary>
    public static string? AlphaAgainstDistance(ImmutableArray<LayerSeverity> worstFirst)
    {
        LayerSeverity[] layers = [.. worstFirst.Where(l => l.Layer["alpha"].IsMeasured && l.Layer["rand_distance"].IsMeasured).Take(MostPoints)];
        if (layers.Length == 0)
            return null;
        double right = Math.Max(0.1, layers.Max(l => l.Layer["rand_distance"].Value)) * 1.12, top = Top(layers);
        PlotModel model = Banded(right, top);
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Bottom, "rand_distance: how far from its permuted self", 0, right));
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Left, "alpha", 0, top));
        foreach (LayerSeverity l in layers.Reverse())
            model.Series.Add(Point(l, l.Layer["rand_distance"].Value, Math.Min(l.Layer["alpha"].Value, top * Edge), Tip(l)));
        double below = double.NegativeInfinity;
        foreach (LayerSeverity l in layers.Where(l => l.Severity >= Severity.Warning).Take(MostLabels).OrderByDescending(l => l.Layer["alpha"].Value))
        {
            // From the top down, each at its point or, where that would cover the last one, below it.
            double alpha = Math.Min(l.Layer["alpha"].Value, top * Edge), at = (1 - (alpha / top)) * (Height - Above - Below);
            below = Math.Max(at, below + PlotFrame.Letters + 1);
            string beyond = l.Layer["alpha"].Value > alpha ? $" ({ReportNumbers.Short(l.Layer["alpha"])})" : "";
            model.Annotations.Add(Label(Name(l) + beyond, l.Layer["rand_distance"].Value, alpha, below - at, l.Layer["rand_distance"].Value > right * 0.6));
        }

        int well = layers.Count(l => l.Layer["alpha"].Value is >= WellFrom and <= WellTo);
        return PlotFrame.Svg(model, "m1", Width, Height, "alpha against rand_distance", $"{ReportText.Count(layers.Length, "layer")}; {well.ToString(CultureInfo.InvariantCulture)} of them have an alpha between 2 and 6.");
    }

    /// <summary>alpha along the layers, with its error where that is known; null when no layer has an alpha.</summary>
    public static string? AlphaAlongDepth(ImmutableArray<LayerSeverity> inOrder)
    {
        LayerSeverity[] layers = [.. inOrder.Where(l => l.Layer["alpha"].IsMeasured).Take(MostPoints)];
        if (layers.Length == 0)
            return null;
        double right = inOrder.Length + 1, top = Top(layers);
        List<(double From, double To)> taken = [];
        PlotModel model = Banded(right, top);
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Bottom, "layer, in the order of the model", 0, right));
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Left, "alpha", 0, top));
        foreach (LayerSeverity l in layers)
        {
            double x = l.Index + 1, y = l.Layer["alpha"].Value;
            if (StandardErrors.Of(l.Layer, "alpha") is { } error && y < top)
                model.Annotations.Add(Stem(x, Math.Max(0, y - error), Math.Min(top, y + error), PlotInk.Faint));
            model.Series.Add(Point(l, x, Math.Min(y, top * Edge), Tip(l)));
            if (y > top * Edge)
                AddAtEdge(model, taken, ReportNumbers.Short(y), x, top * Edge, right);
        }

        return PlotFrame.Svg(model, "m2", Width, Height, "alpha along the layers", $"alpha of {ReportText.Count(layers.Length, "layer")} in the order of the model.");
    }

    /// <summary>The change of a metric against the baseline, layer by layer; null when none can be compared, or none changed.</summary>
    public static string? Change(BaselineChanges changes, ImmutableArray<LayerSeverity> inOrder, string metric, string id)
    {
        (LayerSeverity Layer, double Change)[] moved =
        [
            .. inOrder.Select(l => (Layer: l, Change: changes.Layers[l.Index].Difference(metric))).Where(c => c.Change is not null).Select(c => (c.Layer, c.Change!.Value)).Take(MostPoints),
        ];
        // One layer that left the picture must not flatten the others; those that did not move say nothing on how far a layer moves.
        double[] sizes = [.. moved.Select(m => Math.Abs(m.Change)).Where(size => size > 0).Order()];
        if (sizes.Length == 0)
            return null;
        double most = Math.Max(Math.Min(sizes[^1], 6 * sizes[sizes.Length / 2]), metric == "alpha" ? 0.1 : 0.005) * 1.15;
        PlotModel model = PlotFrame.Model(new OxyThickness(42, 20, 12, 36));
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Bottom, "layer, in the order of the model", 0, inOrder.Length + 1));
        model.Axes.Add(PlotFrame.Linear(AxisPosition.Left, $"change of {metric}", -most, most, grid: true));
        model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Horizontal, Y = 0, Color = PlotInk.Axis, StrokeThickness = 1, LineStyle = LineStyle.Solid });
        List<(double From, double To)> above = [], below = [];
        foreach ((LayerSeverity layer, double change) in moved)
        {
            double y = Math.Clamp(change, -most * Edge, most * Edge);
            if (y != change)
                AddAtEdge(model, change > 0 ? above : below, ReportNumbers.Difference(change), layer.Index + 1, y, inOrder.Length + 1);
            model.Annotations.Add(Stem(layer.Index + 1, Math.Min(0, y), Math.Max(0, y), Ink(layer.Severity)));
            model.Series.Add(Point(layer, layer.Index + 1, y, $"{layer.Layer.Name}: {metric} {ReportNumbers.Short(changes.Layers[layer.Index].Before![metric])} → {ReportNumbers.Short(layer.Layer[metric])}"));
        }

        int rose = moved.Count(m => m.Change > 0), fell = moved.Count(m => m.Change < 0);
        return PlotFrame.Svg(model, id, Width, Height * 0.8, $"Change of {metric} against the baseline", string.Create(CultureInfo.InvariantCulture, $"{metric} rose in {rose} layers, fell in {fell}, and is the same in {moved.Length - rose - fell}."));
    }

    /// <summary>Labels a point at an edge of the picture where none of the labels of that edge is in the way; without one it has its tip and its row in the table.</summary>
    private static void AddAtEdge(PlotModel model, List<(double From, double To)> taken, string text, double x, double y, double right)
    {
        bool onTheLeft = x > right * OnTheLeft;
        double width = right * LabelWidth, from = onTheLeft ? x - width : x;
        if (taken.Exists(t => t.From < from + width && from < t.To))
            return;
        taken.Add((from, from + width));
        model.Annotations.Add(Label(text, x, y, 0, onTheLeft));
    }

    private static double Top(LayerSeverity[] layers)
    {
        double[] alphas = [.. layers.Select(l => l.Layer["alpha"].Value).Order()];
        return Math.Max(8, Math.Min(alphas[^1] * 1.08, 2 * Math.Max(6, alphas[alphas.Length * 9 / 10])));
    }

    private static PlotModel Banded(double right, double top)
    {
        PlotModel model = PlotFrame.Model(new OxyThickness(30, Above, 84, Below));
        model.Annotations.Add(new RectangleAnnotation { MinimumX = 0, MaximumX = right, MinimumY = WellFrom, MaximumY = WellTo, Fill = PlotInk.Band, Layer = AnnotationLayer.BelowSeries });
        foreach ((double y, string text) in new[] { ((WellTo + top) / 2, "under-trained"), ((WellFrom + WellTo) / 2, "well trained"), (WellFrom / 2, "over-trained") })
        {
            model.Annotations.Add(new TextAnnotation
            {
                TextPosition = new DataPoint(right, y),
                Offset = new ScreenVector(8, 0),
                ClipByXAxis = false,
                ClipByYAxis = false,
                Text = text,
                TextColor = PlotInk.Axis,
                Stroke = OxyColors.Undefined,
                StrokeThickness = 0,
                FontSize = PlotFrame.Letters,
                TextHorizontalAlignment = HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Middle,
                Layer = AnnotationLayer.BelowSeries,
            });
        }

        return model;
    }

    private static LineSeries Point(LayerSeverity layer, double x, double y, string tip)
    {
        OxyColor color = Ink(layer.Severity);
        LineSeries series = new()
        {
            LineStyle = LineStyle.None,
            Color = color,
            MarkerType = layer.Severity switch { Severity.Error => MarkerType.Diamond, Severity.Warning => MarkerType.Triangle, _ => MarkerType.Circle },
            MarkerSize = layer.Severity >= Severity.Warning ? 5 : 4,
            MarkerFill = color,
            MarkerStroke = OxyColors.Undefined,
            ToolTip = SvgContext.Link(Anchor(layer.Index), tip),
        };
        series.Points.Add(new DataPoint(x, y));
        return series;
    }

    private static string Name(LayerSeverity layer) => layer.Layer.Name.Length <= 28 ? layer.Layer.Name : "…" + layer.Layer.Name[^27..];

    /// <summary>Words beside a point, on its left or right, moved down by some pixels.</summary>
    private static TextAnnotation Label(string text, double x, double y, double down, bool onTheLeft) => new()
    {
        TextPosition = new DataPoint(x, y),
        Offset = new ScreenVector(onTheLeft ? -8 : 8, down),
        Text = text,
        TextColor = PlotInk.Text,
        Stroke = OxyColors.Undefined,
        StrokeThickness = 0,
        FontSize = PlotFrame.Letters,
        TextHorizontalAlignment = onTheLeft ? HorizontalAlignment.Right : HorizontalAlignment.Left,
        TextVerticalAlignment = VerticalAlignment.Middle,
        ClipByXAxis = false,
        ClipByYAxis = false,
    };

    private static LineAnnotation Stem(double x, double from, double to, OxyColor color) => new()
    {
        Type = LineAnnotationType.Vertical,
        X = x,
        MinimumY = from,
        MaximumY = to,
        Color = color,
        StrokeThickness = 1.4,
        LineStyle = LineStyle.Solid,
        Layer = AnnotationLayer.BelowSeries,
    };

    private static string Tip(LayerSeverity l) => $"{l.Layer.Name}: alpha {ReportNumbers.Short(l.Layer["alpha"])}, rand_distance {ReportNumbers.Short(l.Layer["rand_distance"])}";

    private static OxyColor Ink(Severity severity) => severity switch { Severity.Error => PlotInk.Error, Severity.Warning => PlotInk.Warning, _ => PlotInk.Real };
}
