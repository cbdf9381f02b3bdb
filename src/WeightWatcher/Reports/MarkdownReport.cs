using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace WeightWatcher.Reports;

/// <summary>
/// The report as GitHub Flavored Markdown, for job summaries and comments of pull requests: verdict first, findings with the worst first, what changed against
/// the baseline, and every layer in a table that opens on demand. It never exceeds its size: what does not fit is counted instead of shown.
/// </summary>
internal static class MarkdownReport
{
    /// <summary>The most bytes of a comment of a pull request: GitHub takes 65,536 characters, some of which belong to whoever posts it.</summary>
    public const int CommentBytes = 60_000;

    private const int MostGroups = 20;
    private const int MostRows = 12;
    private const int MostChanges = 10;

    /// <summary>Writes the report.</summary>
    /// <param name="result">What to report.</param>
    /// <param name="baseDirectory">Paths of policies are shown relative to this folder.</param>
    /// <param name="mostBytes">The most bytes of UTF-8 that the text may have; at least 4,000.</param>
    public static string Write(GateResult result, string? baseDirectory, int mostBytes = CommentBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, 4000);
        BoundedText text = new(mostBytes);
        BaselineChanges? changes = BaselineChanges.Of(result);
        WriteVerdict(text, result);
        WriteFindings(text, result.Verdict, baseDirectory);
        if (changes is not null)
            WriteChanges(text, changes, result);
        WriteLayers(text, result, changes);
        WriteSkipped(text, result.Report);
        return text.ToString();
    }

    private static void WriteVerdict(BoundedText text, GateResult result)
    {
        Verdict verdict = result.Verdict;
        string policy = verdict.PolicyName.Length > 0 ? MarkdownText.Code(verdict.PolicyName) : "its policy";
        string outcome = !result.IsComplete ? "could not be judged" : verdict.Passed ? $"meets {policy}" : $"does not meet {policy}";
        text.Add($"## {(verdict.Passed ? "✅" : "❌")} {MarkdownText.Code(verdict.Artifact)} {outcome}\n\n");
        string[] counts =
        [
            .. new[] { (Severity.Error, "error"), (Severity.Warning, "warning"), (Severity.Info, "note") }
                .Select(s => (Count: verdict.Violations.Count(v => v.Severity == s.Item1), Noun: s.Item2)).Where(s => s.Count > 0).Select(s => ReportText.Count(s.Count, s.Noun)),
        ];
        string found = counts.Length == 0 ? "Nothing to report" : string.Join(", ", counts);
        string analysed = result.Report.Layers.IsEmpty ? "" : $" {ReportSummary.Analysed(result.Report)}.";
        string baseline = result.Baseline is { } b ? $" Compared with {MarkdownText.Code(b.Artifact.Path)}." : "";
        text.Add($"**{found}.**{analysed}{baseline}\n");
    }

    private static void WriteFindings(BoundedText text, Verdict verdict, string? baseDirectory)
    {
        ImmutableArray<FindingGroup> groups = FindingGroup.Of(verdict);
        HashSet<string> advised = new(StringComparer.Ordinal);
        WriteFindings(text, [.. groups.Where(g => g.Severity != Severity.Info)], advised, baseDirectory);

        // Nobody has to act on a note: notes open on demand.
        ImmutableArray<FindingGroup> notes = [.. groups.Where(g => g.Severity == Severity.Info)];
        if (notes.IsEmpty || !text.TryAdd($"\n<details>\n<summary>{ReportText.Count(notes.Sum(g => (long)g.Violations.Length), "note")}</summary>\n", reserve: 200))
            return;
        WriteFindings(text, notes, advised, baseDirectory);
        text.Add("\n</details>\n");
    }

    // What to do about a code is said where the code comes first.
    private static void WriteFindings(BoundedText text, ImmutableArray<FindingGroup> groups, HashSet<string> advised, string? baseDirectory)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            if (i < MostGroups && text.TryAdd(Finding(groups[i], advised.Add(groups[i].Code), baseDirectory), reserve: 200))
                continue;
            text.Add($"\n… and {ReportText.Count(groups.Skip(i).Sum(g => (long)g.Violations.Length), "more finding")}; the other reports have them all.\n");
            return;
        }
    }

    private static string Finding(FindingGroup group, bool withAdvice, string? baseDirectory)
    {
        StringBuilder text = new();
        string rule = group.Rule is null ? "" : $" · {MarkdownText.Code(group.Rule)}";
        string several = group.Violations.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" · {group.Violations.Length:N0} times") : "";
        text.Append(CultureInfo.InvariantCulture, $"\n### {Mark(group.Severity)} {group.Title}{rule}{several}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{MarkdownText.Sentence(ReportText.Sentence(group.Lead))}\n\n");
        if (group.IsTable)
        {
            bool compared = group.Violations.Any(v => v.Baseline is not null);
            text.Append(CultureInfo.InvariantCulture, $"| layer | {MarkdownText.Sentence(group.Metric ?? "value")} | limit |{(compared ? " baseline |" : "")}\n|---|--:|--:|{(compared ? "--:|" : "")}\n");
            foreach (Violation v in group.Violations.Take(MostRows))
                text.Append(CultureInfo.InvariantCulture, $"| {Layer(v.Layer!, v.Slice)} | {Number(v.Value)} | {Number(v.Limit)} |{(compared ? $" {Number(v.Baseline)} |" : "")}\n");
        }
        else
        {
            foreach (Violation v in group.Violations.Skip(1).Take(MostRows))
                text.Append(CultureInfo.InvariantCulture, $"- {MarkdownText.Sentence(ReportText.Sentence(v.Message))}\n");
        }

        int more = group.Violations.Length - (group.IsTable ? MostRows : MostRows + 1);
        if (more > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n… and {more:N0} more.\n");
        string place = group.Violations[0] is { PolicyFile: { } file, PolicyLine: { } line }
            ? string.Create(CultureInfo.InvariantCulture, $" ({MarkdownText.Code(ShownPath.Of(file, baseDirectory))} line {line})")
            : "";
        text.Append(CultureInfo.InvariantCulture, $"{(text[^2] == '\n' ? "" : "\n")}{(withAdvice ? $"**What to do:** {group.WhatToDo.ReplaceLineEndings(" ")} " : "")}<sub>{group.Code}{place}</sub>\n");
        return text.ToString();
    }

    private static void WriteChanges(BoundedText text, BaselineChanges changes, GateResult result)
    {
        string[] structure =
        [
            .. new[] { (changes.Unchanged, "unchanged"), (changes.Added.Count(), "added"), (changes.Removed.Length, "removed") }
                .Where(c => c.Item1 > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Item1:N0} {c.Item2}")),
        ];
        LayerChange[] largest =
        [
            .. changes.Layers.Where(c => c.Before is not null && !c.IsUnchanged)
                .OrderByDescending(c => Math.Max(c.Size("alpha"), c.Size("rand_distance"))).Take(MostChanges),
        ];
        bool compared = changes.Layers.Any(c => c.Layer.ChangeKind is not null);
        string kinds = ChangeKindText.Tally(changes) is { Length: > 0 } tally ? $" The weights of the others: {tally}." : "";
        StringBuilder section = new();
        section.Append(CultureInfo.InvariantCulture, $"\n### Against {MarkdownText.Code(result.Baseline!.Artifact.Path)}\n\n");
        section.Append(CultureInfo.InvariantCulture, $"{ReportText.Count(changes.Layers.Length, "layer")}{(structure.Length > 0 ? ": " + string.Join(", ", structure) : "")}.{kinds}");
        section.Append(largest.Length > 0 ? $" The largest changes:\n\n| layer | alpha | Δ | rand_distance | Δ |{(compared ? " weights |" : "")}\n|---|--:|--:|--:|--:|{(compared ? "---|" : "")}\n" : "\n");
        foreach (LayerChange change in largest)
            section.Append(CultureInfo.InvariantCulture, $"| {Layer(change.Layer.Name, change.Layer.SliceId)} | {BeforeAndNow(change, "alpha")} | {Difference(change, "alpha")} | {BeforeAndNow(change, "rand_distance")} | {Difference(change, "rand_distance")} |{(compared ? $" {ChangeKindText.Short(change)} |" : "")}\n");
        if (largest.Any(c => c.Error("alpha") is not null || c.Error("rand_distance") is not null))
            section.Append("\n± is the standard error of the difference: a change of less than about two of them may be scatter.\n");
        text.TryAdd(section.ToString());
    }

    private static void WriteLayers(BoundedText text, GateResult result, BaselineChanges? changes)
    {
        if (result.Report.Layers.IsEmpty)
            return;
        string more = changes is null ? "" : " Δ alpha | Δ rand_distance |";
        string head = $"\n<details>\n<summary>{ReportSummary.TableTitle(result.Report)}</summary>\n\n"
            + $"| | layer | type | N × M | alpha | rand_distance | stable rank | spikes | traps |{more}\n|---|---|---|--:|--:|--:|--:|--:|--:|{(changes is null ? "" : "--:|--:|")}\n";
        const string end = "\n</details>\n";
        ImmutableArray<LayerSeverity> layers = LayerSeverity.WorstFirst(result);
        if (!text.TryAdd(head, reserve: end.Length + 200))
            return;
        for (int i = 0; i < layers.Length; i++)
        {
            LayerReport l = layers[i].Layer;
            LayerChange? change = changes?.Layers[layers[i].Index];
            string deltas = change is null ? "" : change.Before is null ? " new | new |" : $" {ReportNumbers.Difference(change.Difference("alpha"))} | {ReportNumbers.Difference(change.Difference("rand_distance"))} |";
            string row = $"| {Mark(layers[i].Severity)} | {Layer(l.Name, l.SliceId)} | {l.LayerType} | {Size(l)} | {ReportNumbers.Short(l["alpha"])} | {ReportNumbers.Short(l["rand_distance"])} | {ReportNumbers.Short(l["stable_rank"])} | {ReportNumbers.Short(l["num_spikes"])} | {ReportNumbers.Short(l["num_traps"])} |{deltas}\n";
            if (text.TryAdd(row, reserve: end.Length + 200))
                continue;
            text.Add($"\n… and {ReportText.Count(layers.Length - i, "more layer")}; the other reports have them all.\n");
            break;
        }

        text.Add(end);
    }

    private static void WriteSkipped(BoundedText text, ModelReport report)
    {
        if (report.Skipped.IsEmpty && report.Notes.IsEmpty)
            return;
        StringBuilder section = new("\n<details>\n<summary>What was not analysed</summary>\n\n");
        foreach (string note in report.Notes.Take(MostRows))
            section.Append(CultureInfo.InvariantCulture, $"- {MarkdownText.Sentence(note)}\n");
        foreach (IGrouping<string, SkippedTensor> reason in report.Skipped.GroupBy(s => s.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(MostRows))
        {
            string names = string.Join(", ", reason.Take(5).Select(s => MarkdownText.Code(s.Name)));
            section.Append(CultureInfo.InvariantCulture, $"- {ReportText.Count(reason.Count(), "tensor")}, {MarkdownText.Sentence(reason.Key)}: {names}{(reason.Count() > 5 ? ", …" : "")}\n");
        }

        text.TryAdd(section.Append("\n</details>\n").ToString());
    }

    private static string BeforeAndNow(LayerChange change, string metric) => $"{ReportNumbers.Short(change.Before![metric])} → {ReportNumbers.Short(change.Layer[metric])}";

    private static string Difference(LayerChange change, string metric) =>
        ReportNumbers.Difference(change.Difference(metric)) + (change.Error(metric) is { } error && change.Difference(metric) is not null ? $"\u00A0±\u00A0{ReportNumbers.Rough(error)}" : "");

    private static string Layer(string name, int? slice) =>
        slice is { } id ? string.Create(CultureInfo.InvariantCulture, $"{MarkdownText.Code(name)} slice {id}") : MarkdownText.Code(name);

    private static string Size(LayerReport layer) => $"{ReportNumbers.Short(layer["N"])}\u00A0×\u00A0{ReportNumbers.Short(layer["M"])}";

    private static string Number(double? value) => value is { } number ? ReportNumbers.Short(number) : "–";

    private static string Mark(Severity severity) => severity switch
    {
        Severity.Error => "❌",
        Severity.Warning => "⚠️",
        Severity.Info => "ℹ️",
        _ => "",
    };

    /// <summary>A text that refuses to grow beyond its size.</summary>
    private sealed class BoundedText(int mostBytes)
    {
        // What must always fit: the line that says what was left out, and the end of an open element.
        private const int Reserve = 600;

        private readonly StringBuilder _text = new();
        private int _bytes;

        public bool TryAdd(string text, int reserve = 0)
        {
            int bytes = Encoding.UTF8.GetByteCount(text);
            if (_bytes + bytes > mostBytes - Reserve - reserve)
                return false;
            _text.Append(text);
            _bytes += bytes;
            return true;
        }

        /// <summary>Adds what is short and must be there.</summary>
        public void Add(string text)
        {
            _text.Append(text);
            _bytes += Encoding.UTF8.GetByteCount(text);
        }

        public override string ToString() => _text.ToString();
    }
}
