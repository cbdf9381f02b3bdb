using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WeightWatcher.Codes;

namespace WeightWatcher.Reports;

/// <summary>
/// The report as SARIF 2.1.0 (OASIS, errata 01) for code scanning. A result points at the line of the policy and at the artifact; its fingerprint holds no number, so that a
/// finding stays the same finding while its value moves.
/// </summary>
/// <remarks>An incomplete scan has no SARIF: uploading one would close every alert that the last complete scan opened.</remarks>
internal static class SarifReport
{
    /// <summary>The schema that the report keeps.</summary>
    public const string SchemaUri = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private const string BaseId = "%SRCROOT%";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a result can be reported: see the remarks.</summary>
    public static bool CanWrite(GateResult result) => result.IsComplete && !result.Report.Layers.IsEmpty;

    /// <summary>Writes the report.</summary>
    /// <param name="stream">Receives the bytes; stays open.</param>
    /// <param name="result">A complete result.</param>
    /// <param name="baseDirectory">The folder of the project; paths are written relative to the root of its repository, as code scanning wants them.</param>
    public static void Write(Stream stream, GateResult result, string? baseDirectory)
    {
        string? root = RepositoryRoot(baseDirectory);
        ModelReport report = result.Report;
        string artifact = report.Artifact.Files.Length > 0 && root is not null ? ShownPath.Of(report.Artifact.Files[0], root) : report.Artifact.Path;
        ImmutableArray<string> codes = [.. result.Verdict.Violations.Select(v => v.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        using Utf8JsonWriter json = new(stream, Options);
        json.WriteStartObject();
        json.WriteString("$schema", SchemaUri);
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, codes);
        json.WriteStartObject("automationDetails");
        json.WriteString("id", $"weightwatcher/{ReportText.Line(artifact)}/");
        json.WriteEndObject();
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("artifacts");
        WriteArtifact(json, report.Artifact, artifact);
        json.WriteEndArray();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (Violation violation in result.Verdict.Violations)
            WriteResult(json, violation, codes.IndexOf(violation.Code), artifact, root);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    private static void WriteTool(Utf8JsonWriter json, ImmutableArray<string> codes)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "WeightWatcher");
        json.WriteString("version", Tool.Version);
        json.WriteString("semanticVersion", Tool.Version);
        json.WriteStartArray("rules");
        foreach (string code in codes)
        {
            string title = DiagnosticCatalog.Find(code)?.Title ?? code;
            DiagnosticPage? page = DiagnosticPage.Find(code);
            json.WriteStartObject();
            json.WriteString("id", code);
            json.WriteString("name", string.Concat(title.Split([' ', '\'', '-', ','], StringSplitOptions.RemoveEmptyEntries).Select(w => char.ToUpperInvariant(w[0]) + w[1..])));
            WriteText(json, "shortDescription", title);
            WriteText(json, "fullDescription", page?.Meaning ?? title);
            json.WriteStartObject("help");
            json.WriteString("text", page?.WhatToDo ?? title);
            json.WriteString("markdown", page?.Markdown ?? title);
            json.WriteEndObject();
            json.WriteStartObject("properties");
            json.WriteStartArray("tags");
            json.WriteStringValue("model-quality");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteArtifact(Utf8JsonWriter json, ArtifactInfo info, string path)
    {
        json.WriteStartObject();
        WriteLocation(json, "location", path);
        json.WriteNumber("length", info.SizeBytes);
        json.WriteStartArray("roles");
        json.WriteStringValue("analysisTarget");
        json.WriteEndArray();
        if (info.Sha256.Length > 0)
        {
            json.WriteStartObject("hashes");
            json.WriteString("sha-256", info.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Violation violation, int ruleIndex, string artifact, string? root)
    {
        bool atPolicy = violation is { PolicyFile: not null, PolicyLine: not null };
        json.WriteStartObject();
        json.WriteString("ruleId", violation.Code);
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", violation.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" });
        WriteText(json, "message", Message(violation, artifact));
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        WriteLocation(json, "artifactLocation", atPolicy ? ShownPath.Of(violation.PolicyFile!, root) : artifact);
        if (atPolicy)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", Math.Max(1, violation.PolicyLine!.Value));
            if (violation.PolicyColumn is { } column)
                json.WriteNumber("startColumn", Math.Max(1, column));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (violation.Layer is { } layer)
        {
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("name", ReportText.Line(layer));
            json.WriteString("fullyQualifiedName", $"{ReportText.Line(artifact)}#{ReportText.Line(layer)}");
            json.WriteString("kind", "resource");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("relatedLocations");
        json.WriteStartObject();
        json.WriteNumber("id", 1);
        json.WriteStartObject("physicalLocation");
        WriteLocation(json, "artifactLocation", artifact);
        json.WriteEndObject();
        WriteText(json, "message", "The judged model.");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("weightWatcherFinding/v1", Fingerprint(violation, artifact));
        json.WriteEndObject();
        json.WriteStartObject("properties");
        WriteOptional(json, "rule", violation.Rule);
        WriteOptional(json, "metric", violation.Metric);
        WriteOptional(json, "value", violation.Value);
        WriteOptional(json, "limit", violation.Limit);
        WriteOptional(json, "baseline", violation.Baseline);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Links in a message have the form [text](target); a layer's name must not make one (SARIF 2.1.0, 3.11.6).</summary>
    private static string Message(Violation violation, string artifact) =>
        $"{ReportText.Line(artifact)}: {ReportText.Line(violation.Message)}".Replace("](", "] (", StringComparison.Ordinal);

    /// <summary>What makes a finding the same finding from run to run: everything but numbers, and the sentence only where nothing else tells two apart.</summary>
    private static string Fingerprint(Violation violation, string artifact)
    {
        string sentence = violation.Layer is null && violation.Metric is null ? violation.Message : "";
        string slice = violation.Slice?.ToString(CultureInfo.InvariantCulture) ?? "";
        string identity = string.Join('\0', artifact, violation.Code, violation.Rule, violation.Layer, slice, violation.Metric, sentence);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32];
    }

    private static void WriteLocation(Utf8JsonWriter json, string name, string path)
    {
        json.WriteStartObject(name);
        json.WriteString("uri", string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
        json.WriteString("uriBaseId", BaseId);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, ReportText.Line(value));
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
            return;
        json.WritePropertyName(name);
        json.WriteRawValue(ReportNumbers.Text(number, false));
    }

    /// <summary>The nearest folder from the given one upwards that holds a git repository, or the given one.</summary>
    private static string? RepositoryRoot(string? folder)
    {
        for (DirectoryInfo? at = folder is null ? null : new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (Path.Exists(Path.Combine(at.FullName, ".git")))
                return at.FullName;
        }

        return folder;
    }
}
