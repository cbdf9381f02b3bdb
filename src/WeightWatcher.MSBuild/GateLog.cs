using System.Globalization;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace WeightWatcher.MSBuild;

/// <summary>Says what the gate found in the form that consoles, editors and continuous integration read.</summary>
internal sealed class GateLog(TaskLoggingHelper log, GateSettings settings, WarningRules warnings)
{
    /// <summary>
    /// The most lines of one severity for one artifact. GitHub shows ten annotations of a step; the tenth line says how many more there are.
    /// </summary>
    public const int MostLines = 9;

    /// <summary>The most changes of one baseline file that are shown; its diff has all.</summary>
    public const int MostChanges = 20;

    private static readonly Severity[] Severities = [Severity.Error, Severity.Warning, Severity.Info];

    /// <summary>Says how far an analysis is.</summary>
    public void Progress(string line) => log.LogMessage(MessageImportance.High, line);

    /// <summary>Says what only someone who looks for it wants to know.</summary>
    public void Aside(string line) => log.LogMessage(MessageImportance.Low, "{0}", $"WeightWatcher: {line}");

    /// <summary>Says what became of an artifact, in one line.</summary>
    public void Verdict(ArtifactOutcome outcome)
    {
        int errors = Of(Severity.Error, outcome).Count;
        int warned = Of(Severity.Warning, outcome).Count;
        List<string> facts = [outcome.Artifact.Layers == 0 ? "not analysed" : Count(outcome.Artifact.Layers, "layer")];
        if (errors > 0)
            facts.Add(Count(errors, "error"));
        if (warned > 0)
            facts.Add(Count(warned, "warning"));
        if (outcome.Repeated)
            facts.Add("unchanged since the last gate");
        string report = outcome.Artifact.Reports.Count > 0 ? $"; report: {outcome.Artifact.Reports[0].Path}" : "";
        log.LogMessage(
            MessageImportance.High,
            "{0}",
            $"WeightWatcher: {outcome.Shown} {(errors > 0 ? "fails" : "passes")} {outcome.PolicyName} ({string.Join(", ", facts)}){report}");
        if (errors > 0 && outcome.Artifact.Acceptable.Count > 0)
            HowToAccept(outcome.Artifact.Acceptable);
    }

    /// <summary>Says what became of a baseline file, in a line for each change.</summary>
    public void Updated(string shown, string shownFile, BaselineUpdate update)
    {
        string what = update.Written ? "is written" : "is as it should be";
        log.LogMessage(MessageImportance.High, "{0}", $"WeightWatcher: baseline {shownFile} of {shown} {what}{(update.Changes.IsEmpty ? "" : ":")}");
        foreach (string change in update.Changes.Take(MostChanges))
            log.LogMessage(MessageImportance.High, "{0}", $"  {change}");
        if (update.Changes.Length > MostChanges)
            log.LogMessage(MessageImportance.High, "{0}", string.Create(CultureInfo.InvariantCulture, $"  and {update.Changes.Length - MostChanges} more"));
        if (!update.Result.Acceptable.IsEmpty)
            HowToAccept(update.Result.Acceptable);
    }

    /// <summary>Says that a policy was calibrated.</summary>
    public void Calibrated(string shownFile, int models) => log.LogMessage(
        MessageImportance.High,
        "{0}",
        $"WeightWatcher: policy {shownFile} is written from {Count(models, "model")}; read it, keep it with the project, and widen a limit that rejects a model you trust");

    /// <summary>
    /// Says what is wrong: first the worst of every artifact, so that each is seen where only the first lines are shown, then the rest.
    /// </summary>
    public void Diagnostics(IReadOnlyList<BuildDiagnostic> ofTheList, IReadOnlyList<ArtifactOutcome> outcomes)
    {
        HashSet<BuildDiagnostic> said = [];
        foreach (BuildDiagnostic diagnostic in ofTheList)
            Say(diagnostic, said);
        List<List<BuildDiagnostic>> lines = [.. outcomes.Select(Lines)];
        foreach (List<BuildDiagnostic> first in lines.Where(l => l.Count > 0))
            Say(first[0], said);
        foreach (BuildDiagnostic diagnostic in lines.SelectMany(l => l.Skip(1)))
            Say(diagnostic, said);
    }

    /// <summary>Says one thing at once.</summary>
    public void Say(BuildDiagnostic diagnostic) => Say(diagnostic, []);

    // One line to copy, with what failed in it, that works in any folder; on a change that is not meant nobody needs it.
    private void HowToAccept(IReadOnlyList<string> changes) => log.LogMessage(
        MessageImportance.High,
        "{0}",
        $"  when that is meant: dotnet build {Quoted(settings.ProjectFile)} -t:WeightWatcherUpdateBaseline \"-p:WeightWatcherAccept={string.Join("%3B", changes.Take(MostLines))}\" \"-p:WeightWatcherAcceptReason=why\"");

    private List<BuildDiagnostic> Of(Severity severity, ArtifactOutcome outcome) => [.. outcome.Artifact.Diagnostics.Where(d => warnings.Apply(d.Severity, d.Code) == severity)];

    private List<BuildDiagnostic> Lines(ArtifactOutcome outcome)
    {
        List<BuildDiagnostic> lines = [];
        foreach (Severity severity in Severities)
        {
            List<BuildDiagnostic> all = Of(severity, outcome);
            lines.AddRange(all.Take(MostLines));
            if (all.Count > MostLines)
            {
                string report = outcome.Artifact.Reports.Count > 0 ? $", see the report {outcome.Artifact.Reports[0].Path}" : "";
                string more = string.Create(CultureInfo.InvariantCulture, $"{outcome.Shown}: and {all.Count - MostLines} more{report}");
                lines.Add(all[MostLines] with { Message = more });
            }
        }

        return lines;
    }

    private void Say(BuildDiagnostic diagnostic, HashSet<BuildDiagnostic> said)
    {
        if (!said.Add(diagnostic))
            return;
        Severity severity = warnings.Apply(diagnostic.Severity, diagnostic.Code);
        bool ofPolicy = diagnostic.Code.StartsWith("WWG1", StringComparison.Ordinal);
        if (severity == Severity.Info || (settings.Mode == GateMode.Report && ofPolicy))
        {
            MessageImportance importance = severity == Severity.Info ? MessageImportance.Normal : MessageImportance.High;
            log.LogMessage(null, diagnostic.Code, null, diagnostic.File, diagnostic.Line, diagnostic.Column, 0, 0, importance, "{0}", diagnostic.Message);
        }
        else if (severity == Severity.Warning)
        {
            log.LogWarning(null, diagnostic.Code, null, HelpLink(diagnostic), diagnostic.File, diagnostic.Line, diagnostic.Column, 0, 0, "{0}", diagnostic.Message);
        }
        else
        {
            log.LogError(null, diagnostic.Code, null, HelpLink(diagnostic), diagnostic.File, diagnostic.Line, diagnostic.Column, 0, 0, "{0}", diagnostic.Message);
        }
    }

    // The page in the package, so that it is of this version and needs no network.
    private string? HelpLink(BuildDiagnostic diagnostic)
    {
        string page = Path.Combine(settings.PagesFolder, diagnostic.Code + ".md");
        return File.Exists(page) ? new Uri(page).AbsoluteUri : null;
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    private static string Count(int n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n} {what}{(n == 1 ? "" : "s")}");
}
