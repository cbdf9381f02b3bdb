using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using WeightWatcher.Metrics;
using WeightWatcher.Reports.Plots;

namespace WeightWatcher.Reports.Html;

/// <summary>
/// The report as one HTML file for a person: the verdict first, then what was found, the model in pictures, every layer in a table that sorts and filters, and each
/// layer with its spectrum. It loads nothing, is readable without its script, in light and in dark, on a telephone and on paper.
/// </summary>
internal static class HtmlReport
{
    /// <summary>The most layers that have a section of their own with pictures, the worst first; the table has all.</summary>
    public const int MostSections = 200;

    private const int MostOpen = 3;
    private const int MostTags = 24;

    /// <summary>Writes the page.</summary>
    public static string Write(GateResult result, string? baseDirectory)
    {
        ImmutableArray<LayerSeverity> inOrder = LayerSeverity.InOrder(result), worstFirst = LayerSeverity.WorstFirst(result);
        BaselineChanges? changes = BaselineChanges.Of(result);
        HashSet<int> sections = [.. worstFirst.Take(MostSections).Select(l => l.Index)];
        StringBuilder page = new();
        WriteVerdict(page, result);
        page.Append("<main id=\"main\">\n");
        WriteFindings(page, result, inOrder, sections, baseDirectory);
        if (!inOrder.IsEmpty)
        {
            WriteModel(page, inOrder, worstFirst, changes);
            HtmlLayerTable.Write(page, worstFirst, changes, sections);
            WriteSections(page, worstFirst, changes);
        }

        WriteRest(page, result);
        page.Append(CultureInfo.InvariantCulture, $"</main>\n<footer>Written by WeightWatcher {Tool.Version}. The same model, policy and version give the same report.</footer>");
        return HtmlPage.Of($"{Word(result)}: {result.Verdict.Artifact}", page.ToString());
    }

    /// <summary>The verdict in a word.</summary>
    public static string Word(GateResult result) => !result.IsComplete ? "Not judged" : result.Verdict.Passed ? "Passed" : "Failed";

    /// <summary>How many violations there are of each severity: <c>2 errors, 1 warning</c>.</summary>
    public static string Counts(IEnumerable<Violation> violations)
    {
        ImmutableArray<Violation> all = [.. violations];
        return string.Join(
            ", ",
            new[] { (Severity.Error, "error"), (Severity.Warning, "warning"), (Severity.Info, "note") }
                .Select(s => (Count: all.Count(v => v.Severity == s.Item1), Noun: s.Item2)).Where(s => s.Count > 0).Select(s => ReportText.Count(s.Count, s.Noun)));
    }

    private static void WriteVerdict(StringBuilder page, GateResult result)
    {
        Verdict verdict = result.Verdict;
        ModelReport report = result.Report;
        string counts = Counts(verdict.Violations) is { Length: > 0 } some ? some : "Nothing to report";
        string policy = verdict.PolicyName.Length > 0 ? $" by the policy <code>{HtmlText.Escape(verdict.PolicyName)}</code>" : "";
        page.Append(CultureInfo.InvariantCulture, $"<header>\n<span class=\"stamp {(verdict.Passed ? "pass\">✓" : "fail\">✕")} {Word(result)}</span>\n<h1>{HtmlText.Escape(verdict.Artifact)}</h1>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"lead\">{counts}{policy}.</p>\n<dl class=\"facts\">");
        if (!report.Layers.IsEmpty)
            Fact("Analysed", HtmlText.Escape(ReportSummary.Analysed(report).Replace(" analysed", "", StringComparison.Ordinal)));
        int rules = verdict.Checks.Select(c => c.Rule).Distinct(StringComparer.Ordinal).Count();
        if (rules > 0)
            Fact("Judged", $"{ReportText.Count(rules, "rule")}, {ReportText.Count(verdict.Checks.Length, "check")}");
        if (result.Baseline is { } baseline)
            Fact("Compared with", $"<code>{HtmlText.Escape(baseline.Artifact.Path)}</code>");
        Fact("File", $"{HtmlText.Escape(report.Artifact.Format)}, {ReportText.Bytes(report.Artifact.SizeBytes)}");
        if (report.Artifact.Sha256.Length > 12)
            Fact("SHA-256", $"<code title=\"{report.Artifact.Sha256}\">{report.Artifact.Sha256[..12]}…</code>");
        page.Append("</dl>\n</header>\n");

        void Fact(string name, string html) => page.Append(CultureInfo.InvariantCulture, $"<div><dt>{name}</dt><dd>{html}</dd></div>");
    }

    private static void WriteFindings(StringBuilder page, GateResult result, ImmutableArray<LayerSeverity> inOrder, HashSet<int> sections, string? baseDirectory)
    {
        ImmutableArray<FindingGroup> groups = FindingGroup.Of(result.Verdict);
        if (groups.IsEmpty)
            return;
        ILookup<string, LayerSeverity> byName = inOrder.ToLookup(l => l.Layer.Name, StringComparer.Ordinal);
        HashSet<string> advised = new(StringComparer.Ordinal);
        page.Append("<section aria-labelledby=\"h-find\">\n<h2 id=\"h-find\">What was found</h2>\n");
        foreach (FindingGroup group in groups.Where(g => g.Severity != Severity.Info))
            WriteFinding(page, group, advised.Add(group.Code), byName, sections, baseDirectory);

        // Nobody has to act on a note: notes open on demand, unless there is nothing else.
        FindingGroup[] notes = [.. groups.Where(g => g.Severity == Severity.Info)];
        if (notes.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<details class=\"more\"><summary>{ReportText.Count(notes.Sum(g => (long)g.Violations.Length), "note")}</summary>\n");
            foreach (FindingGroup group in notes)
                WriteFinding(page, group, advised.Add(group.Code), byName, sections, baseDirectory);
            page.Append("</details>\n");
        }

        page.Append("</section>\n");
    }

    private static void WriteFinding(StringBuilder page, FindingGroup group, bool withAdvice, ILookup<string, LayerSeverity> byName, HashSet<int> sections, string? baseDirectory)
    {
        string place = group.Violations[0] is { PolicyFile: { } file, PolicyLine: { } line }
            ? string.Create(CultureInfo.InvariantCulture, $" · {HtmlText.Escape(ShownPath.Of(file, baseDirectory))} line {line}")
            : "";
        string rule = group.Rule is null ? "" : $"<code>{HtmlText.Escape(group.Rule)}</code>";
        string several = group.Violations.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" · {group.Violations.Length:N0} times") : "";
        page.Append(CultureInfo.InvariantCulture, $"<article class=\"find {Class(group.Severity)}\">\n<h3><span class=\"sev\">{Name(group.Severity)}</span><span>{HtmlText.Escape(group.Title)}</span>{rule}<span class=\"mu small\">{group.Code}{place}{several}</span></h3>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p>{HtmlText.Escape(ReportText.Sentence(group.Lead))}</p>\n");
        if (group.Violations.Length > 1)
        {
            page.Append("<ul class=\"tags\">");
            foreach (Violation v in group.Violations.Skip(group.IsTable ? 0 : 1).Take(MostTags))
                page.Append("<li>").Append(group.IsTable ? $"{Layer(v, byName, sections)} {Value(v)}" : HtmlText.Escape(ReportText.Sentence(v.Message))).Append("</li>");
            int more = group.Violations.Length - MostTags - (group.IsTable ? 0 : 1);
            page.Append(more > 0 ? string.Create(CultureInfo.InvariantCulture, $"<li>and {more:N0} more</li></ul>\n") : "</ul>\n");
        }

        if (withAdvice && group.WhatToDo.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"todo\"><b>What to do:</b> {HtmlText.Paragraph(group.WhatToDo)}</p>\n");
        page.Append("</article>\n");
    }

    private static string Value(Violation violation) =>
        (violation.Baseline is { } before ? $"{ReportNumbers.Short(before)} → " : "") + ReportNumbers.Short(violation.Value!.Value);

    private static string Layer(Violation violation, ILookup<string, LayerSeverity> byName, HashSet<int> sections)
    {
        string name = HtmlText.Escape(violation.Layer!) + (violation.Slice is { } slice ? string.Create(CultureInfo.InvariantCulture, $" slice {slice}") : "");
        LayerSeverity? layer = byName[violation.Layer!].FirstOrDefault(l => violation.Slice is null || l.Layer.SliceId == violation.Slice);
        return layer is not null && sections.Contains(layer.Index) ? $"<a href=\"#{ModelPlots.Anchor(layer.Index)}\">{name}</a>" : name;
    }

    private static void WriteModel(StringBuilder page, ImmutableArray<LayerSeverity> inOrder, ImmutableArray<LayerSeverity> worstFirst, BaselineChanges? changes)
    {
        List<(string Caption, string Svg)> figures = [];
        const string key = "<span class=\"key re\"></span>no finding <span class=\"key wa\"></span>warning <span class=\"key er\"></span>error";
        Add("<b>alpha against rand_distance.</b> A trained layer lies to the right and in the band. " + key, ModelPlots.AlphaAgainstDistance(worstFirst));
        Add("<b>alpha along the layers.</b> The line through a point is its standard error.", ModelPlots.AlphaAlongDepth(inOrder));
        if (changes is not null)
        {
            Add("<b>Change of alpha</b> against the baseline.", ModelPlots.Change(changes, inOrder, "alpha", "m3"));
            Add("<b>Change of rand_distance</b> against the baseline. Below zero the layer looks more random than before.", ModelPlots.Change(changes, inOrder, "rand_distance", "m4"));
        }

        if (figures.Count == 0)
            return;
        page.Append("<section aria-labelledby=\"h-model\">\n<h2 id=\"h-model\">The model</h2>\n");
        if (changes is not null)
        {
            string[] structure =
            [
                .. new[] { (changes.Unchanged, "the same weights"), (changes.Layers.Length - changes.Unchanged - changes.Added.Count(), "other weights"), (changes.Added.Count(), "no counterpart") }
                    .Where(c => c.Item1 > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Item1:N0} with {c.Item2}")),
            ];
            string removed = changes.Removed.IsEmpty ? "" : $" {ReportText.Count(changes.Removed.Length, "layer")} of the baseline {(changes.Removed.Length == 1 ? "is" : "are")} gone.";
            string kinds = ChangeKindText.Tally(changes) is { Length: > 0 } tally ? $" How they changed: {tally}." : "";
            page.Append(CultureInfo.InvariantCulture, $"<p>Against the baseline: {string.Join(", ", structure)}.{removed}{kinds}</p>\n");
        }

        page.Append("<div class=\"figs two\">\n");
        foreach ((string caption, string svg) in figures)
            page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{caption}</figcaption>{svg}</figure>\n");
        page.Append("</div>\n</section>\n");

        void Add(string caption, string? svg)
        {
            if (svg is not null)
                figures.Add((caption, svg));
        }
    }

    private static void WriteSections(StringBuilder page, ImmutableArray<LayerSeverity> worstFirst, BaselineChanges? changes)
    {
        page.Append("<section aria-labelledby=\"h-each\">\n<h2 id=\"h-each\">Layer by layer, the worst first</h2>\n<p class=\"small mu\"><span class=\"key re\"></span>the layer <span class=\"key pe\"></span>its permuted self: the same weights without their order <span class=\"key fi\"></span>fitted law <span class=\"key sp\"></span>spike, beyond what is random <span class=\"key tr\"></span>correlation trap</p>\n<div class=\"tools\" hidden><button type=\"button\" id=\"all\" aria-pressed=\"false\">Open all</button></div>\n");
        int errors = worstFirst.Count(l => l.Severity == Severity.Error), open = Math.Clamp(errors, 1, MostOpen);
        for (int i = 0; i < Math.Min(worstFirst.Length, MostSections); i++)
            HtmlLayerSection.Write(page, worstFirst[i], changes?.Layers[worstFirst[i].Index], open: i < open);
        if (worstFirst.Length > MostSections)
            page.Append(CultureInfo.InvariantCulture, $"<p>The other {worstFirst.Length - MostSections:N0} layers have no section, so that the page stays small; the table and the other reports have them.</p>\n");
        page.Append("</section>\n");
    }

    private static void WriteRest(StringBuilder page, GateResult result)
    {
        ModelReport report = result.Report;
        page.Append("<section aria-labelledby=\"h-rest\">\n<h2 id=\"h-rest\">About this report</h2>\n");
        if (!report.Notes.IsEmpty)
            page.Append("<ul>").AppendJoin("", report.Notes.Select(n => $"<li>{HtmlText.Escape(n)}</li>")).Append("</ul>\n");
        if (!report.Skipped.IsEmpty)
        {
            page.Append(CultureInfo.InvariantCulture, $"<details class=\"more\"><summary>{ReportText.Count(report.Skipped.Length, "tensor")} not analysed, and why</summary><ul>");
            foreach (IGrouping<string, SkippedTensor> reason in report.Skipped.GroupBy(s => s.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
            {
                string names = string.Join(", ", reason.Take(50).Select(s => $"<code>{HtmlText.Escape(s.Name)}</code>"));
                page.Append(CultureInfo.InvariantCulture, $"<li>{HtmlText.Escape(reason.Key)} ({reason.Count():N0}): {names}{(reason.Count() > 50 ? ", …" : "")}</li>");
            }

            page.Append("</ul></details>\n");
        }

        AnalysisOptions o = report.Options;
        page.Append(CultureInfo.InvariantCulture, $"<details class=\"more\"><summary>How it was analysed</summary><p><code>semantics: {OptionNames.Of(o.Semantics)}, randomize: {OptionNames.Of(o.Randomize)}, seed: {o.Seed}, fit: {o.Fit}, min_evals: {o.MinEvals}, pool: {(o.Pool ? "true" : "false")}, mp_fit: {(o.MpFit ? "true" : "false")}, detX: {(o.DetX ? "true" : "false")}</code></p></details>\n");
        HashSet<string> present = [.. report.Layers.SelectMany(l => l.Metrics).Select(m => m.Key)];
        if (present.Count > 0)
        {
            page.Append("<details class=\"more\"><summary>What the metrics mean</summary><dl class=\"gloss\">");
            foreach (MetricDefinition metric in MetricCatalog.Layer.Where(m => present.Contains(m.Name)))
                page.Append(CultureInfo.InvariantCulture, $"<dt><code>{metric.Name}</code></dt><dd>{HtmlText.Escape(metric.Description)} {HtmlText.Escape(metric.Advice)}</dd>");
            page.Append("</dl></details>\n");
        }

        page.Append("</section>\n");
    }

    /// <summary>The class of a severity.</summary>
    internal static string Class(Severity severity) => severity switch { Severity.Error => "er", Severity.Warning => "wa", _ => "no" };

    /// <summary>A severity as a word.</summary>
    internal static string Name(Severity severity) => severity switch { Severity.Error => "Error", Severity.Warning => "Warning", _ => "Note" };
}
