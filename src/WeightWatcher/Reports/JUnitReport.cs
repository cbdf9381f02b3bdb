using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;

namespace WeightWatcher.Reports;

/// <summary>
/// The report as JUnit XML, which continuous integration shows as tests: a suite for the artifact, a case for every rule on every layer that it judged (or on the
/// model), and one for every other thing that was found. Errors fail their case, warnings and notes are its output, and a rule that does not apply to a layer is a
/// skipped case.
/// </summary>
internal static class JUnitReport
{
    private static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false), CloseOutput = false };

    /// <summary>Writes the report.</summary>
    public static void Write(Stream stream, GateResult result, string? baseDirectory)
    {
        Verdict verdict = result.Verdict;
        string suite = ReportText.Line(verdict.Artifact);
        ImmutableArray<Case> cases = Cases(result, baseDirectory);
        (string, string)[] totals =
        [
            ("tests", Number(cases.Length)), ("failures", Number(cases.Count(c => c.Outcome == Outcome.Failed))), ("errors", Number(cases.Count(c => c.Outcome == Outcome.Error))),
            ("skipped", Number(cases.Count(c => c.Outcome == Outcome.Skipped))), ("time", "0"),
        ];
        using XmlWriter xml = XmlWriter.Create(stream, Settings);
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", "WeightWatcher");
        WriteAttributes(xml, totals);
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", suite);
        WriteAttributes(xml, totals);
        foreach (Case test in cases)
            WriteCase(xml, test, suite);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.Flush();
        stream.Write("\n"u8);
    }

    private static void WriteCase(XmlWriter xml, Case test, string suite)
    {
        xml.WriteStartElement("testcase");
        WriteAttributes(xml, [("classname", suite), ("name", test.Name), ("time", "0")]);
        if (test.File is not null)
            xml.WriteAttributeString("file", ReportText.Line(test.File));
        if (test.Line is { } line)
            xml.WriteAttributeString("line", Number(line));
        if (test.Outcome is Outcome.Failed or Outcome.Error)
        {
            Violation worst = test.Violations[0];
            xml.WriteStartElement(test.Outcome == Outcome.Failed ? "failure" : "error");
            WriteAttributes(xml, [("message", ReportText.Line(worst.Message)), ("type", worst.Code)]);
            xml.WriteString(string.Join('\n', test.Violations.Where(v => v.Severity == Severity.Error).Select(v => $"{v.Code}: {ReportText.Line(v.Message)}")));
            if (new FindingGroup(worst.Severity, worst.Code, null, null, [worst]).WhatToDo is { Length: > 0 } advice)
                xml.WriteString($"\n\nWhat to do: {ReportText.Line(advice.ReplaceLineEndings(" "))}");
            xml.WriteEndElement();
        }
        else if (test.Outcome == Outcome.Skipped)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", ReportText.Line(test.NotApplicable!));
            xml.WriteEndElement();
        }

        Violation[] said = [.. test.Violations.Where(v => v.Severity != Severity.Error)];
        if (said.Length > 0)
            xml.WriteElementString("system-out", string.Join('\n', said.Select(v => $"{(v.Severity == Severity.Warning ? "warning" : "note")} {v.Code}: {ReportText.Line(v.Message)}")));
        xml.WriteEndElement();
    }

    private static ImmutableArray<Case> Cases(GateResult result, string? baseDirectory)
    {
        Verdict verdict = result.Verdict;
        ILookup<(string?, string?, int?), Violation> ofRules = verdict.Violations.ToLookup(v => (v.Rule, v.Layer, v.Slice));
        HashSet<Violation> told = new(ReferenceEqualityComparer.Instance);
        Dictionary<string, int> names = new(StringComparer.Ordinal);
        ImmutableArray<Case>.Builder cases = ImmutableArray.CreateBuilder<Case>();
        foreach (RuleCheck check in verdict.Checks)
        {
            ImmutableArray<Violation> own = [.. ofRules[(check.Rule, check.Layer, check.Slice)]];
            told.UnionWith(own);
            string? file = check.PolicyFile is { } path ? ShownPath.Of(path, baseDirectory) : null;
            Add(check.Rule, check.Layer, check.Slice, own, file, file is null ? null : check.PolicyLine, own.IsEmpty ? check.NotApplicable : null);
        }

        // What no rule on a layer or on the model has said: structure, patterns, coverage, files.
        foreach (Violation violation in verdict.Violations.Where(v => !told.Contains(v)))
        {
            string? file = violation.PolicyFile is { } path ? ShownPath.Of(path, baseDirectory) : null;
            Add($"{violation.Code} {Codes.DiagnosticCatalog.Find(violation.Code)?.Title}".TrimEnd(), violation.Layer, violation.Slice, [violation], file, violation.PolicyLine, null);
        }

        if (cases.Count == 0)
            Add("nothing to judge", null, null, [], null, null, null);
        return cases.ToImmutable();

        void Add(string what, string? layer, int? slice, ImmutableArray<Violation> violations, string? file, int? line, string? notApplicable)
        {
            string name = layer is null ? ReportText.Line(what) : $"{ReportText.Line(what)} [{ReportText.Line(layer)}{(slice is { } id ? $" slice {Number(id)}" : "")}]";
            int same = names[name] = names.GetValueOrDefault(name) + 1;
            bool failed = violations.Any(v => v.Severity == Severity.Error);
            Outcome outcome = failed ? result.IsComplete ? Outcome.Failed : Outcome.Error : notApplicable is null ? Outcome.Passed : Outcome.Skipped;
            cases.Add(new Case(same == 1 ? name : $"{name} #{Number(same)}", outcome, violations, file, line, notApplicable));
        }
    }

    private static void WriteAttributes(XmlWriter xml, IEnumerable<(string Name, string Value)> attributes)
    {
        foreach ((string name, string value) in attributes)
            xml.WriteAttributeString(name, value);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private enum Outcome
    {
        Passed,
        Failed,
        Error,
        Skipped,
    }

    private sealed record Case(string Name, Outcome Outcome, ImmutableArray<Violation> Violations, string? File, int? Line, string? NotApplicable);
}
