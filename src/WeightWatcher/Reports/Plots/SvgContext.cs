using System.Globalization;
using System.Text;
using OxyPlot;
using WeightWatcher.Reports.Html;

namespace WeightWatcher.Reports.Plots;

/// <summary>
/// Writes what a plot draws as compact SVG: a class for a colour, one decimal of a pixel, shared attributes left to the style sheet. A tool tip wraps each element in a
/// group with a title, or in a link where it names a target.
/// </summary>
internal sealed class SvgContext : RenderContextBase
{
    private readonly StringBuilder _svg = new();
    private readonly Stack<(OxyRect Area, bool Opened)> _clips = new();
    private readonly Dictionary<OxyRect, string> _clipIds = [];
    private readonly string _id;
    private string? _tip;

    /// <summary>Starts a picture.</summary>
    /// <param name="id">The start of ids that are unique in the page.</param>
    public SvgContext(string id)
    {
        _id = id;
        RendersToScreen = false;
    }

    /// <summary>A tool tip that leads to a target in the page.</summary>
    public static string Link(string target, string text) => $"{target}\n{text}";

    /// <summary>The elements that were drawn.</summary>
    public override string ToString() => _svg.ToString();

    /// <inheritdoc/>
    public override int ClipCount => _clips.Count;

    /// <inheritdoc/>
    public override void CleanUp() => _tip = null;

    /// <inheritdoc/>
    public override void DrawEllipse(OxyRect extents, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
    {
        Begin();
        _svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Number(extents.Center.X)}\" cy=\"{Number(extents.Center.Y)}\" r=\"{Number(extents.Width / 2)}\"");
        End(fill, stroke, thickness, null);
    }

    /// <inheritdoc/>
    public override void DrawLine(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin)
    {
        if (points.Count < 2 || !Visible(stroke))
            return;
        Begin();
        _svg.Append("<path d=\"").Append(Path(points)).Append('"');
        End(OxyColors.Undefined, stroke, thickness, dashArray);
    }

    /// <inheritdoc/>
    public override void DrawLineSegments(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin)
    {
        if (points.Count < 2 || !Visible(stroke))
            return;
        Begin();
        _svg.Append("<path d=\"");
        for (int i = 0; i + 1 < points.Count; i += 2)
            _svg.Append(Path([points[i], points[i + 1]]));
        _svg.Append('"');
        End(OxyColors.Undefined, stroke, thickness, dashArray);
    }

    /// <inheritdoc/>
    public override void DrawPolygon(IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin)
    {
        if (points.Count < 2 || !(Visible(fill) || Visible(stroke)))
            return;
        Begin();
        _svg.Append("<path d=\"").Append(Path(points)).Append("z\"");
        End(fill, stroke, thickness, dashArray);
    }

    /// <inheritdoc/>
    public override void DrawRectangle(OxyRect rectangle, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
    {
        if (!(Visible(fill) || (Visible(stroke) && thickness > 0)))
            return;
        Begin();
        _svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Number(rectangle.Left)}\" y=\"{Number(rectangle.Top)}\" width=\"{Number(rectangle.Width)}\" height=\"{Number(rectangle.Height)}\"");
        End(fill, stroke, thickness, null);
    }

    /// <inheritdoc/>
    public override void DrawText(
        ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight, double rotation, HorizontalAlignment horizontalAlignment,
        VerticalAlignment verticalAlignment, OxySize? maxSize)
    {
        if (string.IsNullOrEmpty(text))
            return;
        // The capitals of common fonts are 0.72 of their size.
        double baseline = verticalAlignment switch { VerticalAlignment.Top => 0.86, VerticalAlignment.Middle => 0.35, _ => -0.14 } * fontSize;
        string anchor = horizontalAlignment switch { HorizontalAlignment.Center => " text-anchor=\"middle\"", HorizontalAlignment.Right => " text-anchor=\"end\"", _ => "" };
        string place = rotation == 0
            ? $"x=\"{Number(p.X)}\" y=\"{Number(p.Y + baseline)}\""
            : $"transform=\"translate({Number(p.X)} {Number(p.Y)}) rotate({Number(rotation)})\" y=\"{Number(baseline)}\"";
        // Words may stand beside the plot and are never cut: the area of the plot clips what is drawn in it, not its labels.
        OxyRect[] clips = [.. _clips.Where(c => c.Opened).Select(c => c.Area).Reverse().Skip(1)];
        _svg.Insert(_svg.Length, "</g>", clips.Length);
        _svg.Append(CultureInfo.InvariantCulture, $"<text {place}{anchor} class=\"f-{PlotInk.Class(fill)}\">{HtmlText.Escape(text)}</text>");
        foreach (OxyRect clip in clips)
            _svg.Append(CultureInfo.InvariantCulture, $"<g clip-path=\"url(#{_clipIds[clip]})\">");
    }

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
        string.IsNullOrEmpty(text) ? OxySize.Empty : new OxySize(text.Length * fontSize * 0.56, fontSize * 1.15);

    /// <inheritdoc/>
    public override void SetToolTip(string text) => _tip = string.IsNullOrEmpty(text) ? null : text;

    /// <inheritdoc/>
    public override void PushClip(OxyRect clippingRectangle)
    {
        // Most of what is drawn is clipped by the area of the plot, which is written once.
        bool changes = _clips.Count == 0 || !_clips.Peek().Area.Equals(clippingRectangle);
        _clips.Push((clippingRectangle, changes));
        if (!changes)
            return;
        if (!_clipIds.TryGetValue(clippingRectangle, out string? id))
        {
            id = string.Create(CultureInfo.InvariantCulture, $"{_id}c{_clipIds.Count}");
            _clipIds.Add(clippingRectangle, id);
            _svg.Append(CultureInfo.InvariantCulture, $"<clipPath id=\"{id}\"><rect x=\"{Number(clippingRectangle.Left)}\" y=\"{Number(clippingRectangle.Top)}\" width=\"{Number(clippingRectangle.Width)}\" height=\"{Number(clippingRectangle.Height + 1)}\"/></clipPath>");
        }

        _svg.Append(CultureInfo.InvariantCulture, $"<g clip-path=\"url(#{id})\">");
    }

    /// <inheritdoc/>
    public override void PopClip()
    {
        if (_clips.Pop().Opened)
            _svg.Append("</g>");
    }

    private void End(OxyColor fill, OxyColor stroke, double thickness, double[]? dashes)
    {
        string classes = string.Join(' ', new[] { Visible(fill) ? $"f-{PlotInk.Class(fill)}" : "n", Visible(stroke) && thickness > 0 ? $"s-{PlotInk.Class(stroke)}" : "" }.Where(c => c.Length > 0));
        _svg.Append(CultureInfo.InvariantCulture, $" class=\"{classes}\"");
        if (Visible(stroke) && thickness > 0 && thickness != 1)
            _svg.Append(CultureInfo.InvariantCulture, $" stroke-width=\"{Number(thickness)}\"");
        if (dashes is { Length: > 0 })
            _svg.Append(CultureInfo.InvariantCulture, $" stroke-dasharray=\"{string.Join(' ', dashes.Select(Number))}\"");
        _svg.Append("/>");
        if (_tip is not null)
            _svg.Append(LinkEnd() < 0 ? "</g>" : "</a>");
    }

    // What a tip belongs to is wrapped element by element: tips and clips do not open and close in each other's order.
    private void Begin()
    {
        if (_tip is null)
            return;
        int cut = LinkEnd();
        _svg.Append(CultureInfo.InvariantCulture, $"{(cut < 0 ? "<g>" : $"<a href=\"#{HtmlText.Escape(_tip[..cut])}\">")}<title>{HtmlText.Escape(_tip[(cut + 1)..])}</title>");
    }

    private int LinkEnd() => _tip!.IndexOf('\n', StringComparison.Ordinal);

    private static bool Visible(OxyColor color) => !color.IsUndefined() && color.A > 0;

    private static string Path(IList<ScreenPoint> points)
    {
        StringBuilder path = new();
        string x = "", y = "";
        for (int i = 0; i < points.Count; i++)
        {
            string nextX = Number(points[i].X), nextY = Number(points[i].Y);
            if (i > 0 && nextX == x && nextY == y)
                continue;
            _ = i == 0 ? path.Append('M').Append(nextX).Append(' ').Append(nextY)
                : nextY == y ? path.Append('H').Append(nextX)
                : nextX == x ? path.Append('V').Append(nextY)
                : path.Append('L').Append(nextX).Append(' ').Append(nextY);
            (x, y) = (nextX, nextY);
        }

        return path.ToString();
    }

    private static string Number(double value) => (Math.Round(value, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);
}
