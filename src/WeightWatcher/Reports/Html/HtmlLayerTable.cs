using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using WeightWatcher.Metrics;
using WeightWatcher.Policies;
using WeightWatcher.Reports.Plots;

namespace WeightWatcher.Reports.Html;

/// <summary>Every layer in a row, the worst first. A script makes the columns sort and the rows filter; without it, it is a table.</summary>
internal static class HtmlLayerTable
{
    private static readonly (string Metric, string Title)[] Columns =
        [("stable_rank", "stable rank"), ("num_spikes", "spikes"), ("num_traps", "traps")];

    /// <summary>Writes the section.</summary>
    /// <param name="page">Receives it.</param>
    /// <param name="layers">The layers, the worst first.</param>
    /// <param name="changes">What changed against the baseline, or null.</param>
    /// <param name="sections">The layers that have a section of their own.</param>
    public static void Write(StringBuilder page, ImmutableArray<LayerSeverity> layers, BaselineChanges? changes, HashSet<int> sections)
    {
        (string Metric, string Title)[] columns = [.. Columns.Where(c => layers.Any(l => l.Layer.Metrics.Any(m => m.Key == c.Metric)))];
        bool random = layers.Any(l => l.Layer["rand_distance"].IsMeasured);
        double most = layers.Max(l => l.Layer["rand_distance"] is { IsMeasured: true } rd ? rd.Value : 0);
        page.Append("<section aria-labelledby=\"h-layers\">\n<h2 id=\"h-layers\">All layers</h2>\n<div class=\"tools\" hidden><label>Find a layer <input type=\"search\" id=\"find\" autocomplete=\"off\"></label>");
        bool any = layers.Any(l => !l.Violations.IsEmpty);
        if (any)
            page.Append("<label><input type=\"checkbox\" id=\"only\"> only with findings</label>");
        page.Append("<span class=\"mu small\" id=\"shown\" role=\"status\"></span></div>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"h-layers\">\n<table id=\"rows\">\n<thead><tr>");
        Head("#", first: "up");
        if (any)
            Head("findings", "l", sorted: true);
        Head("layer", "l", "up");
        Head("type", "l", "up");
        Head("N × M");
        Head("alpha");
        if (changes is not null)
            Head("Δ alpha");
        if (random)
            Head("rand_distance");
        if (random && changes is not null)
            Head("Δ rand_distance");
        bool compared = changes?.Layers.Any(c => c.Layer.ChangeKind is not null) ?? false;
        if (compared)
            Head("weights", "l", "up");
        foreach ((_, string title) in columns)
            Head(title);
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (LayerSeverity l in layers)
        {
            LayerReport layer = l.Layer;
            LayerChange? change = changes?.Layers[l.Index];
            string found = l.Violations.IsEmpty ? "" : $"<span class=\"chip {HtmlReport.Class(l.Severity)}\">{Worst(l)}</span>";
            string finding = any ? string.Create(CultureInfo.InvariantCulture, $"<td class=\"l\" data-v=\"{((int)l.Severity * 1000) + Math.Min(999, l.Violations.Length)}\">{found}</td>") : "";
            string name = HtmlText.Escape(layer.Name) + (layer.SliceId is { } slice ? string.Create(CultureInfo.InvariantCulture, $" slice {slice}") : "");
            page.Append(CultureInfo.InvariantCulture, $"<tr data-i=\"{l.Index}\"{(l.Violations.IsEmpty ? "" : " data-f=\"1\"")}><td class=\"mu\" data-v=\"{l.Index + 1}\">{l.Index + 1}</td>{finding}<th scope=\"row\">{(sections.Contains(l.Index) ? $"<a href=\"#{ModelPlots.Anchor(l.Index)}\">{name}</a>" : name)}</th><td class=\"l\">{HtmlText.Escape(layer.LayerType)}</td>");
            Cell(layer["N"].IsMeasured ? layer["N"].Value * layer["M"].Value : null, $"{ReportNumbers.Short(layer["N"])} × {ReportNumbers.Short(layer["M"])}");
            string error = StandardErrors.Of(layer, "alpha") is { } sigma ? $" <span class=\"mu\">± {ReportNumbers.Rough(sigma)}</span>" : "";
            Metric(layer["alpha"], error);
            if (changes is not null)
                Change(change!, "alpha");
            if (random)
                Metric(layer["rand_distance"], layer["rand_distance"] is { IsMeasured: true } rd ? Bar(rd.Value, most) : "");
            if (random && changes is not null)
                Change(change!, "rand_distance");
            if (compared)
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"l\">{HtmlText.Escape(ChangeKindText.Short(change!))}</td>");
            foreach ((string metric, _) in columns)
                Metric(layer[metric], "");
            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table>\n</div>\n</section>\n");

        void Change(LayerChange change, string metric)
        {
            string error = change.Difference(metric) is not null && change.Error(metric) is { } se ? $" <span class=\"mu\">± {ReportNumbers.Rough(se)}</span>" : "";
            Cell(change.Difference(metric), change.Before is null ? "new" : ReportNumbers.Difference(change.Difference(metric)) + error);
        }

        void Head(string title, string kind = "", string first = "down", bool sorted = false) =>
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{(kind.Length > 0 ? $" class=\"{kind}\"" : "")}{(sorted ? " aria-sort=\"descending\"" : "")} data-first=\"{first}\">{title}</th>");

        void Cell(double? value, string html) => page.Append(CultureInfo.InvariantCulture, $"<td data-v=\"{(value is { } v ? ReportNumbers.Text(v, false) : "")}\">{html}</td>");

        void Metric(Measurement value, string more) => Cell(value.IsMeasured ? value.Value : null, value.IsMeasured ? ReportNumbers.Short(value.Value) + more : $"<span class=\"mu\" title=\"{HtmlText.Escape(value.Reason ?? "")}\">–</span>");
    }

    /// <summary>The findings of the worst severity, and how many others there are: <c>1 error +2</c>.</summary>
    private static string Worst(LayerSeverity layer)
    {
        int worst = layer.Violations.Count(v => v.Severity == layer.Severity), others = layer.Violations.Length - worst;
        return ReportText.Count(worst, HtmlReport.Name(layer.Severity).ToLowerInvariant()) + (others > 0 ? string.Create(CultureInfo.InvariantCulture, $" +{others}") : "");
    }

    private static string Bar(double value, double most)
    {
        double width = most > 0 ? Math.Round(100 * value / most) : 0;
        return string.Create(CultureInfo.InvariantCulture, $"<svg class=\"bar\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"f-gr\" width=\"100\" height=\"12\"/><rect class=\"f-re\" width=\"{width}\" height=\"12\"/></svg>");
    }
}
