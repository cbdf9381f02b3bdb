using WeightWatcher.Codes;
using WeightWatcher.Reports;

namespace WeightWatcher.MSBuild;

/// <summary>One update of the baselines of a project's artifacts.</summary>
internal sealed class BaselineRun(GateSettings settings, BaselineSettings update, GateLog log)
{
    /// <summary>Updates the baseline file of each artifact and says what stands against it.</summary>
    /// <returns>A mark of each acceptance, used or not; none where there was no artifact that could use it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; files written before stay.</exception>
    public IReadOnlyList<string> Update(ModelList list, CancellationToken cancellationToken)
    {
        if (update.IsForbidden)
        {
            string message = "the variable CI or TF_BUILD is set, and a baseline that a job accepts nobody reviews: update it on your machine and commit the file, or set WeightWatcherUpdateBaselineInCI to true";
            log.Say(new(Severity.Error, BaselineCodes.NotInContinuousIntegration.Id, message, settings.ProjectFile, 1, 1));
            return [];
        }

        foreach (BuildDiagnostic diagnostic in list.Diagnostics)
            log.Say(diagnostic);
        PolicyStore policies = new(settings);
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        HashSet<string>? unused = null;
        foreach (ModelItem item in list.Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string shown = ShownPath.Of(item.Path, settings.ProjectDirectory);
            GateResult result = Update(item, shown, policies, files, ref unused, cancellationToken);
            foreach (Violation violation in result.Verdict.Violations)
                log.Say(BuildDiagnostic.Of(violation, shown, item.Path));
        }

        if (unused is null)
            return [];
        string[] marks = [.. Patterns.Select(pattern => SharedMark.OfAcceptance(pattern, used: !unused.Contains(pattern)))];
        if (!update.IsOneOfSeveral)
            SayUnused(marks);
        return marks;
    }

    /// <summary>Says which acceptances fit nothing.</summary>
    /// <param name="marks">Those of all runs of the update.</param>
    public void SayUnused(IReadOnlyCollection<string> marks)
    {
        foreach (string pattern in Patterns)
        {
            if (marks.Contains(SharedMark.OfAcceptance(pattern, used: false)) && !marks.Contains(SharedMark.OfAcceptance(pattern, used: true)))
                log.Say(new(Severity.Error, BaselineCodes.UnusableAcceptance.Id, $"'{pattern}' of WeightWatcherAccept names no change for the worse", settings.ProjectFile, 1, 1));
        }
    }

    private IEnumerable<string> Patterns => PropertyList.Split([update.Acceptance.Changes ?? ""]).Distinct(StringComparer.Ordinal);

    private GateResult Update(
        ModelItem item, string shown, PolicyStore policies, Dictionary<string, string> files, ref HashSet<string>? unused, CancellationToken cancellationToken)
    {
        try
        {
            GateRequest request = new()
            {
                ArtifactPath = item.Path,
                DisplayPath = shown,
                Policy = policies.Load(policies.PathFor(item)),
                BaselinePath = item.Baseline,
                BaseModelPath = item.BaseModel,
                CacheDirectory = settings.CacheDirectory,
                Progress = new ProgressLine(shown, log.Progress),
            };
            if (BaselineUpdater.FileOf(request) is { } file && !files.TryAdd(file, shown))
            {
                string message = $"the baseline {ShownPath.Of(file, settings.ProjectDirectory)} is that of {files[file]} too; give each artifact its own, or name a folder with a slash at its end";
                log.Say(new(Severity.Error, BaselineCodes.NotUpdatable.Id, $"{shown}: {message}", settings.ProjectFile, 1, 1));
                return ArtifactGate.Nothing(item, shown);
            }

            BaselineUpdate updated = BaselineUpdater.Run(request, update.Acceptance, null, cancellationToken);
            if (updated is { Done: true, FilePath: { } written })
                log.Updated(shown, ShownPath.Of(written, settings.ProjectDirectory), updated);
            if (unused is null)
                unused = [.. updated.Unused];
            else
                unused.IntersectWith(updated.Unused);
            return updated.Result;
        }
        catch (PolicyException e)
        {
            return ArtifactGate.NotJudged(item, shown, e);
        }
    }
}
