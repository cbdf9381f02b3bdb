using WeightWatcher.Codes;
using WeightWatcher.Reports;

namespace WeightWatcher.MSBuild;

/// <summary>One calibration: a starting policy from the project's artifacts, which somebody holds for good ones.</summary>
internal sealed class CalibrationRun(GateSettings settings, string file, bool overwrite, GateLog log)
{
    /// <summary>Analyses the artifacts and writes the policy; nothing is written when one of them cannot be read or holds weights that no good model has.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was written.</exception>
    public void Write(ModelList list, CancellationToken cancellationToken)
    {
        string shownFile = ShownPath.Of(file, settings.ProjectDirectory);
        if (Path.Exists(file) && !overwrite)
        {
            Fail(EnvironmentCodes.PolicyExists, $"{shownFile} is there already: set WeightWatcherCalibratedPolicy to another file, or WeightWatcherCalibrateOverwrite to true to replace it");
            return;
        }

        foreach (BuildDiagnostic diagnostic in list.Diagnostics)
            log.Say(diagnostic);
        // A model that the gate judges twice is one good model.
        ModelItem[] items = [.. list.Items.DistinctBy(item => item.Path)];
        using AnalysisPool pool = new();
        List<ModelReport> models = [];
        bool usable = list.Diagnostics.IsEmpty;
        foreach (GateResult result in InOrder.Run(items.Length, i => Analyse(items[i], pool, cancellationToken)))
        {
            ModelItem item = items[models.Count];
            models.Add(result.Report);
            // What a rule says is what is being calibrated; what makes a model unfit for any policy is not.
            foreach (Violation violation in result.Verdict.Violations.Where(v => v.Severity == Severity.Error && v.Rule is null))
            {
                usable = false;
                log.Say(BuildDiagnostic.Of(violation, ShownPath.Of(item.Path, settings.ProjectDirectory), item.Path));
            }
        }

        if (!usable || models.Count == 0)
            return;
        try
        {
            string policy = PolicyCalibration.Write(models);
            cancellationToken.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // Moved into place whole, so that nobody reads half a policy.
            string whole = $"{file}.{Guid.NewGuid():N}.tmp";
            try
            {
                File.WriteAllText(whole, policy);
                File.Move(whole, file, overwrite);
            }
            finally
            {
                File.Delete(whole);
            }

            log.Calibrated(shownFile, models.Count);
        }
        catch (ArgumentException e)
        {
            Fail(EnvironmentCodes.NotCalibrated, e.Message.Replace(" (Parameter 'models')", "", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(EnvironmentCodes.NotCalibrated, $"{shownFile} cannot be written: {e.Message}");
        }
    }

    private GateResult Analyse(ModelItem item, AnalysisPool pool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string shown = ShownPath.Of(item.Path, settings.ProjectDirectory);
        GateRequest request = new()
        {
            ArtifactPath = item.Path,
            DisplayPath = shown,
            Policy = Policy.WellTrained,
            BaseModelPath = item.BaseModel,
            CacheDirectory = settings.CacheDirectory,
            Pool = pool,
            Progress = new ProgressLine(shown, log.Progress),
        };
        return ModelGate.Run(request, cancellationToken);
    }

    private void Fail(DiagnosticCode code, string message) => log.Say(new(Severity.Error, code.Id, message, settings.ProjectFile, 1, 1));
}
