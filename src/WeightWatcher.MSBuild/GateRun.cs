using WeightWatcher.Codes;
using WeightWatcher.Reports;

namespace WeightWatcher.MSBuild;

/// <summary>One run of the gate over the artifacts of a project.</summary>
internal sealed class GateRun(GateSettings settings, GateLog log)
{
    /// <summary>Judges the artifacts of a list, says what was found and keeps the record.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the record is as it was.</exception>
    public void Judge(ModelList list, CancellationToken cancellationToken)
    {
        List<string> unknown = [.. settings.ReportFormats.Except(ReportWriter.Formats)];
        GateSettings known = settings with { ReportFormats = [.. settings.ReportFormats.Except(unknown)] };
        List<BuildDiagnostic> diagnostics = [.. list.Diagnostics];
        foreach (string format in unknown)
        {
            string message = $"'{format}' in WeightWatcherReportFormats is no report format; known are {string.Join(", ", ReportWriter.Formats)}";
            diagnostics.Add(new(Severity.Error, EnvironmentCodes.UnknownReportFormat.Id, message, settings.ProjectFile, 1, 1));
        }

        GateRecord? last = GateRecord.TryRead(settings.RecordFile);
        using AnalysisPool pool = new();
        ArtifactGate gate = new(known, log, pool);
        IReadOnlyList<string> stems = ReportStems.Assign(list.Items);
        List<ArtifactOutcome> outcomes = [];
        foreach (ArtifactOutcome outcome in InOrder.Run(list.Items.Length, Judge))
        {
            log.Verdict(outcome);
            outcomes.Add(outcome);
        }

        ArtifactOutcome Judge(int i)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ModelItem item = list.Items[i];
            return gate.Judge(item, stems[i], last?.Artifacts.FirstOrDefault(a => a.Item.Path == item.Path), cancellationToken);
        }

        log.Diagnostics(diagnostics, outcomes);
        List<string> reports = [.. outcomes.SelectMany(o => o.Artifact.Reports).Select(r => r.Path)];
        if (settings.Mode == GateMode.Report)
        {
            WrittenFiles.Add(settings.WrittenFilesList, reports);
            return;
        }

        WrittenFiles.Replace(settings.WrittenFilesList, reports);
        new GateRecord { Artifacts = [.. outcomes.Select(o => o.Artifact)], OfTheList = list.Diagnostics }.Write(settings.RecordFile);
    }

    /// <summary>The artifacts and the faults of their list as the last gate recorded them; null, after an error, when there is no record.</summary>
    public ModelList? Recorded()
    {
        if (GateRecord.TryRead(settings.RecordFile) is { } record)
            return new([.. record.Artifacts.Select(a => a.Item)], [.. record.OfTheList]);
        string message = $"nothing was built that the gate could judge: there is no record {settings.RecordFile}. Build this configuration first, or leave out --no-build";
        log.Say(new(Severity.Error, EnvironmentCodes.NoRecord.Id, message, settings.ProjectFile, 1, 1));
        return null;
    }
}
