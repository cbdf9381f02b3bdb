using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using WeightWatcher.Metrics;
using WeightWatcher.Policies;
using WeightWatcher.Reports.Plots;

namespace WeightWatcher.Reports.Html;

/// <summary>One layer: what was found in it, its three pictures, its traps and all its numbers.</summary>
internal static class HtmlLayerSection
{
    private const int MostTraps = 12;

    /// <summary>The numbers that a reader looks for; all of them open on demand.</summary>
    private static readonly string[] Leading =
    [
        "alpha", "rand_distance", "rand_distance_ratio", "stable_rank", "entropy", "rank_loss", "num_evals", "num_pl_spikes", "num_spikes", "num_traps", "spectral_norm", "delta_relative",
    ];

    /// <summary>Writes the section.</summary>
    public static void Write(StringBuilder page, LayerSeverity found, LayerChange? change, bool open)
    {
        LayerReport layer = found.Layer;
        string id = ModelPlots.Anchor(found.Index);
        string slice = layer.SliceId is { } number ? string.Create(CultureInfo.InvariantCulture, $" slice {number}") : "";
        string chip = found.Violations.IsEmpty ? "" : $"<span class=\"chip {HtmlReport.Class(found.Severity)}\">{HtmlReport.Counts(found.Violations)}</span>";
        page.Append(CultureInfo.InvariantCulture, $"<details class=\"layer\" id=\"{id}\"{(open ? " open" : "")}><summary><span class=\"name\">{HtmlText.Escape(layer.Name)}{slice}</span>{chip}<span class=\"mu small\">{HtmlText.Escape(layer.LayerType)} {ReportNumbers.Short(layer["N"])} × {ReportNumbers.Short(layer["M"])} · alpha {ReportNumbers.Short(layer["alpha"])} · rand_distance {ReportNumbers.Short(layer["rand_distance"])}</span></summary>\n<div class=\"body\">\n");
        if (layer.FaultDetail is { } fault)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"msg er\">{HtmlText.Escape(fault)}</p>\n");
        foreach (Violation violation in found.Violations)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"msg {HtmlReport.Class(violation.Severity)}\"><b>{HtmlReport.Name(violation.Severity)}</b> {HtmlText.Escape(ReportText.Sentence(violation.Message))}</p>\n");
        if (change is not null && layer.ChangeKind is not null && ChangeKindText.Sentence(change) is { } kind)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"msg\">{HtmlText.Escape(kind)}</p>\n");
        if (layer.InitKind is { } initialisation)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"msg wa\">The weights cannot be told from freshly initialised ones ({HtmlText.Escape(initialisation)}).</p>\n");
        if (layer.Sketch is { } sketch)
        {
            page.Append("<div class=\"figs\">\n");
            string permuted = sketch.Permuted.IsEmpty ? "" : " The dashed line is the largest eigenvalue of the permuted layer.";
            Figure($"<b>Spectrum</b> of the layer and of its permuted self.{permuted}", LayerPlots.Spectrum(layer, sketch, id + "a"));
            Figure(TailCaption(layer), LayerPlots.Tail(layer, sketch, id + "b"));
            Figure(BulkCaption(layer), LayerPlots.Bulk(layer, sketch, id + "c"));
            page.Append("</div>\n");
        }
        else if (layer.Fault == LayerFault.None && !layer.Metrics.IsEmpty && change is { IsUnchanged: true })
        {
            page.Append("<p class=\"mu small\">The weights are those of the baseline, whose numbers were taken over without measuring the layer again, so there are no pictures.</p>\n");
        }

        WriteTraps(page, layer);
        ImmutableArray<KeyValuePair<string, Measurement>> shown = [.. layer.Metrics.Where(m => !(m.Key.EndsWith(StandardErrors.Suffix, StringComparison.Ordinal) && layer[m.Key[..^StandardErrors.Suffix.Length]].IsMeasured))];
        WriteNumbers(page, layer, change, Leading.SelectMany(name => shown.Where(m => m.Key == name)));
        page.Append(CultureInfo.InvariantCulture, $"<details class=\"more\"><summary>All {shown.Length:N0} numbers</summary>\n");
        WriteNumbers(page, layer, change, shown);
        page.Append("</details>\n</div>\n</details>\n");

        void Figure(string caption, string svg) => page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{caption}</figcaption>{svg}</figure>\n");
    }

    private static void WriteNumbers(StringBuilder page, LayerReport layer, LayerChange? change, IEnumerable<KeyValuePair<string, Measurement>> numbers)
    {
        page.Append("<dl class=\"nums\">");
        foreach ((string name, Measurement value) in numbers)
        {
            bool isCount = MetricCatalog.Find(name)?.IsCount ?? false;
            string text = value.IsMeasured ? isCount ? value.Value.ToString("N0", CultureInfo.InvariantCulture) : ReportNumbers.Short(value.Value) : $"<small>{(value.Status == MeasurementStatus.Failed ? "failed: " : "")}{HtmlText.Escape(value.Reason ?? "")}</small>";
            string error = value.IsMeasured && StandardErrors.Of(layer, name) is { } se ? $" <span class=\"mu\">± {ReportNumbers.Rough(se)}</span>" : "";
            string before = change?.Before is { } was && was[name] is { IsMeasured: true } old && value.IsMeasured && old.Value != value.Value ? $"<small>was {ReportNumbers.Short(old.Value)}</small>" : "";
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{Breakable(name)}</dt><dd{(value.IsMeasured ? " class=\"v\"" : "")}>{text}{error}{before}</dd></div>");
        }

        page.Append("</dl>\n");
    }

    /// <summary>A column's name, which is one word to a browser, with places where a line may end.</summary>
    private static string Breakable(string name) => name.Replace("_", "_<wbr/>", StringComparison.Ordinal);

    private static string TailCaption(LayerReport layer) => layer["alpha"].IsMeasured
        ? $"<b>Tail</b> with the fitted law: alpha {ReportNumbers.Short(layer["alpha"])} from xmin {ReportNumbers.Short(layer["xmin"])} on, {ReportNumbers.Short(layer["num_pl_spikes"])} eigenvalues, D {ReportNumbers.Short(layer["D"])}."
        : $"<b>Tail</b> without a fit: {HtmlText.Escape(layer["alpha"].Reason ?? "not computed")}.";

    private static string BulkCaption(LayerReport layer) => layer["bulk_max"].IsMeasured
        ? $"<b>Random bulk</b> with the Marchenko-Pastur law up to {ReportNumbers.Short(layer["bulk_max"])}: {ReportText.Count((long)layer["num_spikes"].Value, "spike")}, {Traps(layer)}."
        : $"<b>Bulk</b> without a law: {HtmlText.Escape(layer["bulk_max"].Reason ?? "not computed")}.";

    private static string Traps(LayerReport layer) => layer["num_traps"].IsMeasured ? ReportText.Count((long)layer["num_traps"].Value, "trap") : "traps not known";

    private static void WriteTraps(StringBuilder page, LayerReport layer)
    {
        if (layer.Traps.IsEmpty)
            return;
        page.Append("<ul class=\"tags\">");
        foreach (TrapReport trap in layer.Traps.Take(MostTraps))
        {
            string cause = trap.Cause switch
            {
                "element" => string.Create(CultureInfo.InvariantCulture, $"the element in row {trap.Row}, column {trap.Column}{(layer["rf"] is { IsMeasured: true, Value: > 1 } ? string.Create(CultureInfo.InvariantCulture, $" of slice {trap.Slice}") : "")}, {ReportNumbers.Short(trap.Size)} standard deviations from the mean"),
                "mean-shift" => $"a mean of {ReportNumbers.Short(trap.Size)} standard deviations",
                _ => "a cause that was not found",
            };
            page.Append(CultureInfo.InvariantCulture, $"<li><span class=\"key tr\"></span>Trap at {ReportNumbers.Short(trap.Lambda)}, beyond the edge {ReportNumbers.Short(trap.Edge)}: {cause}</li>");
        }

        page.Append(layer.Traps.Length > MostTraps ? string.Create(CultureInfo.InvariantCulture, $"<li>and {layer.Traps.Length - MostTraps:N0} more</li></ul>\n") : "</ul>\n");
    }
}
