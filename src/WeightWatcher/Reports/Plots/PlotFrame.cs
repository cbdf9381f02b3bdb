using System.Globalization;
using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using WeightWatcher.Reports.Html;

namespace WeightWatcher.Reports.Plots;

/// <summary>What all plots have in common: their size, their axes, and how they become an <c>svg</c> element with a title and a description.</summary>
internal static class PlotFrame
{
    /// <summary>The size of the letters.</summary>
    public const double Letters = 11;

    /// <summary>An empty plot.</summary>
    public static PlotModel Model(OxyThickness margins) => new()
    {
        Culture = CultureInfo.InvariantCulture,
        Background = OxyColors.Undefined,
        PlotAreaBackground = OxyColors.Undefined,
        PlotAreaBorderThickness = new OxyThickness(0),
        PlotAreaBorderColor = OxyColors.Undefined,
        DefaultFontSize = Letters,
        TextColor = PlotInk.Axis,
        Padding = new OxyThickness(0),
        PlotMargins = margins,
        IsLegendVisible = false,
    };

    /// <summary>A linear axis from one end to the other.</summary>
    public static LinearAxis Linear(AxisPosition position, string title, double from, double to, bool grid = false) =>
        Dress(new LinearAxis { IntervalLength = position == AxisPosition.Bottom ? 70 : 45 }, position, title, from, to, grid);

    /// <summary>A logarithmic axis, labelled at powers of ten and, where it is short, between them.</summary>
    public static LogarithmicAxis Logarithmic(AxisPosition position, string title, double from, double to, bool grid = false)
    {
        LabelledLogarithmicAxis axis = Dress(new LabelledLogarithmicAxis { Base = 10, PowerPadding = false }, position, title, from, to, grid);
        axis.LabelFormatter = LabelledLogarithmicAxis.Label;
        return axis;
    }

    /// <summary>The picture.</summary>
    /// <param name="model">The plot.</param>
    /// <param name="id">An id that is unique in the page.</param>
    /// <param name="width">Its width in units of the letters' size.</param>
    /// <param name="height">Its height.</param>
    /// <param name="title">What it shows, for those who do not see it.</param>
    /// <param name="description">What there is to see, in a sentence.</param>
    public static string Svg(PlotModel model, string id, double width, double height, string title, string description)
    {
        SvgContext context = new(id);
        // What the upright axis counts stands above it, where it needs no turning of the head.
        string? unit = model.Axes.FirstOrDefault(a => a.Position == AxisPosition.Left)?.Title;
        foreach (Axis axis in model.Axes.Where(a => a.Position == AxisPosition.Left))
            axis.Title = null;
        IPlotModel plot = model;
        plot.Update(true);
        plot.Render(context, new OxyRect(0, 0, width, height));
        context.CleanUp();
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}t {id}d\"><title id=\"{id}t\">{HtmlText.Escape(title)}</title><desc id=\"{id}d\">{HtmlText.Escape(description)}</desc>");
        svg.Append(context);
        if (!string.IsNullOrEmpty(unit))
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"10\" class=\"f-ax\">{HtmlText.Escape(unit)}</text>");
        return svg.Append("</svg>").ToString();
    }

    private static T Dress<T>(T axis, AxisPosition position, string title, double from, double to, bool grid)
        where T : Axis
    {
        axis.Position = position;
        axis.Title = title;
        axis.Minimum = from;
        axis.Maximum = to;
        axis.AxislineStyle = position == AxisPosition.Bottom ? LineStyle.Solid : LineStyle.None;
        axis.AxislineColor = PlotInk.Axis;
        axis.TicklineColor = PlotInk.Axis;
        axis.MinorTicklineColor = PlotInk.Axis;
        axis.MajorTickSize = position == AxisPosition.Bottom ? 4 : 0;
        axis.MinorTickSize = 0;
        axis.TextColor = PlotInk.Axis;
        axis.TitleColor = PlotInk.Axis;
        axis.TitleFontSize = Letters;
        axis.FontSize = Letters;
        axis.AxisTitleDistance = 2;
        axis.AxisTickToLabelDistance = 3;
        axis.MajorGridlineStyle = grid ? LineStyle.Solid : LineStyle.None;
        axis.MajorGridlineColor = PlotInk.Grid;
        axis.MinorGridlineStyle = LineStyle.None;
        axis.StringFormat = "0.####";
        return axis;
    }
}
