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
        Lazy<AnalysisPool> pool = new(() => new());
        ArtifactGate gate = new(known, new PolicyStore(known), log, pool);
        IReadOnlyList<string> stems = ReportStems.Assign(list.Items);
        List<ArtifactOutcome> outcomes = [];
        try
        {
            foreach (ArtifactOutcome outcome in InOrder.Run(list.Items.Length, Judge))
            {
                log.Verdict(outcome);
                outcomes.Add(outcome);
            }
        }
        finally
        {
            if (pool.IsValueCreated)
                pool.Value.Dispose();
        }

        ArtifactOutcome Judge(int i)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ModelItem item = list.Items[i];
            return gate.Judge(item, stems[i], last?.Artifacts.FirstOrDefault(a => a.Item == item), cancellationToken);
        }

        log.Diagnostics(diagnostics, outcomes);
        WriteJobSummary(outcomes);
        List<string> reports = [.. outcomes.SelectMany(o => o.Artifact.Reports).Select(r => r.Path), .. WriteOverview(outcomes)];
        if (settings.Mode == GateMode.Report)
        {
            Keep(settings.WrittenFilesList, path => WrittenFiles.Add(path, reports));
            return;
        }

        Keep(settings.WrittenFilesList, path => WrittenFiles.Replace(path, reports));
        GateRecord record = new() { Artifacts = [.. outcomes.Select(o => o.Artifact)], OfTheList = list.Diagnostics };
        if (last is not null && record.RepeatsExactly(last))
            GateRecord.Touch(settings.RecordFile);
        else
            Keep(settings.RecordFile, record.Write);
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

    /// <summary>Writes a file that later builds read.</summary>
    private void Keep(string path, Action<string> write)
    {
        try
        {
            write(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string message = $"{path}, which later builds need, cannot be written: {e.Message}".ReplaceLineEndings(" ");
            log.Say(new(Severity.Error, EnvironmentCodes.ReportNotWritable.Id, message, settings.ProjectFile, 1, 1));
        }
    }

    /// <summary>One page over several HTML reports; none where there are not several.</summary>
    private IEnumerable<string> WriteOverview(List<ArtifactOutcome> outcomes)
    {
        if (outcomes.Count < 2 || !settings.ReportFormats.Contains("html"))
            return [];
        string path = Path.Combine(settings.ReportDirectory, "index.html");
        try
        {
            byte[] page = OverviewPage.Render([.. outcomes.Select(Entry)]);
            if (!File.Exists(path) || !page.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
                File.WriteAllBytes(path, page);
            return [path];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string message = $"the overview {path} cannot be written: {e.Message}".ReplaceLineEndings(" ");
            log.Say(new(Severity.Error, EnvironmentCodes.ReportNotWritable.Id, message, settings.ProjectFile, 1, 1));
            return [];
        }
    }

    private static OverviewEntry Entry(ArtifactOutcome outcome)
    {
        IReadOnlyList<BuildDiagnostic> said = outcome.Artifact.Diagnostics;
        string? report = outcome.Artifact.Reports.Select(r => Path.GetFileName(r.Path)).FirstOrDefault(name => name.EndsWith(".report.html", StringComparison.Ordinal));
        string prefix = $"{outcome.Shown}: ";
        string? worst = said.Where(d => d.Severity >= Severity.Warning).Select(d => d.Message.StartsWith(prefix, StringComparison.Ordinal) ? d.Message[prefix.Length..] : d.Message).FirstOrDefault();
        return new(outcome.Shown, outcome.PolicyName, said.Count(d => d.Severity == Severity.Error), said.Count(d => d.Severity == Severity.Warning), outcome.Artifact.Layers, worst, report);
    }

    /// <summary>What became of the artifacts, where continuous integration shows it. That it cannot be written there fails nothing: the build says all of it too.</summary>
    private void WriteJobSummary(List<ArtifactOutcome> outcomes)
    {
        if (settings.JobSummaryFile is not { } path)
            return;
        try
        {
            foreach (ArtifactOutcome outcome in outcomes)
            {
                string? report = outcome.Artifact.Reports.Select(r => r.Path).FirstOrDefault(p => p.EndsWith(".report.md", StringComparison.Ordinal));
                ModelItem item = outcome.Artifact.Item;
                if (report is not null)
                    JobSummary.Update(path, $"{settings.ProjectFile}\n{item.Path}\n{outcome.PolicyName}\n{item.Baseline}\n{item.BaseModel}", File.ReadAllText(report));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Aside($"the job summary {path} cannot be written: {e.Message}".ReplaceLineEndings(" "));
        }
    }
}
