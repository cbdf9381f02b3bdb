using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Accepting;
using WeightWatcher.Artifacts;
using WeightWatcher.Baselines;
using WeightWatcher.Codes;

namespace WeightWatcher;

/// <summary>Brings a baseline file up to a model: tightens it where the model is better, and loosens only what is named.</summary>
public static class BaselineUpdater
{
    private static readonly ImmutableArray<string> AcceptableCodes =
    [
        PolicyViolationCodes.RoseAboveBaseline.Id, PolicyViolationCodes.FellBelowBaseline.Id,
        BaselineCodes.LayerAdded.Id, BaselineCodes.LayerRemoved.Id, BaselineCodes.LayerReshaped.Id, BaselineCodes.LayerRenamed.Id,
    ];

    /// <summary>The full path of the file that an update would write, or null when the model's baseline is none that can be updated.</summary>
    public static string? FileOf(GateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return FilePath(request.BaselinePath ?? request.Policy.BaselinePath, request.ArtifactPath).Path;
    }

    /// <summary>Updates, or makes, the baseline file of a model.</summary>
    /// <param name="request">The model and its policy; <see cref="GateRequest.BaselinePath"/> or the policy names the file, or a folder for a file per model.</param>
    /// <param name="acceptance">What may be loosened.</param>
    /// <param name="filePath">The full path of the file to write when it is not the one that is read, as in a test; or null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What became of the file, and the verdict against it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the file is as it was.</exception>
    public static BaselineUpdate Run(GateRequest request, Acceptance acceptance, string? filePath = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(acceptance);
        DateOnly today = request.Today ?? DateOnly.FromDateTime(DateTime.UtcNow);
        request = request with { Today = today, Policy = request.BaseModelPath is { } baseModel ? request.Policy.WithBaseModel(baseModel) : request.Policy };
        string? spec = filePath ?? request.BaselinePath ?? request.Policy.BaselinePath;
        (string? target, string? fault) = FilePath(spec, request.ArtifactPath);
        GateResult candidate = Candidate(request, target, cancellationToken);
        if (fault is not null)
            return Refused(candidate, target, BaselineCodes.NotUpdatable, fault);
        if (!candidate.Verdict.Passed)
            return new BaselineUpdate { FilePath = target, Result = candidate };
        ImmutableArray<AcceptancePattern> patterns = AcceptancePattern.Parse(acceptance.Changes, out ImmutableArray<string> faulty);
        if (Unusable(acceptance, patterns, faulty, out DateOnly? until) is { } unusable)
            return Refused(candidate, target, BaselineCodes.UnusableAcceptance, unusable);
        try
        {
            return Update(request, candidate, target!, patterns, acceptance.Reason?.Trim() ?? "", until, cancellationToken);
        }
        catch (BaselineException e)
        {
            return Refused(candidate, target, e.Code, e.Message);
        }
    }

    private static BaselineUpdate Update(
        GateRequest request, GateResult candidate, string file, ImmutableArray<AcceptancePattern> patterns, string reason, DateOnly? until, CancellationToken cancellationToken)
    {
        Policy policy = request.Policy;
        bool mayReplace = patterns.Any(pattern => pattern.Metrics == AcceptancePattern.Analysis);
        Baseline? last = Last(file, policy, mayReplace);
        Baseline next = Baseline.Of(candidate.Report) with { FilePath = file };
        ImmutableArray<string> changes = [], refused = [];
        HashSet<AcceptancePattern> used = [];
        Func<string, string?> formerName = _ => null;
        if (last is not null)
        {
            BaselineRatchet ratchet = new(last, candidate.Report, policy, patterns, reason, until, request.Today!.Value);
            next = ratchet.Next();
            (changes, refused, used, formerName) = (ratchet.Changes, ratchet.Refused, ratchet.Used, ratchet.FormerName);
        }
        else
        {
            changes = [File.Exists(file) ? "the baseline was made again" : "the baseline is new"];
        }

        cancellationToken.ThrowIfCancellationRequested();
        bool written = BaselineFile.Save(next, file, formerName);
        // Whether a model runs is no matter of baseline files.
        Verdict verdict = policy.WithoutRuntime().Judge(candidate.Report, next, request.Today!.Value);
        List<Violation> own = [];
        // What a rule allows some layers (allow), or only notes, needs nobody's acceptance.
        Violation[] broken = [.. verdict.Violations.Where(violation => violation.Severity >= Severity.Warning && refused.Contains(NameOf(violation)))];
        if (broken.Length > 0)
        {
            string[] names = [.. broken.Select(NameOf).Distinct(StringComparer.Ordinal)];
            (string were, string they, string them) = names.Length == 1 ? ("was", "it is", "it") : ("were", "they are", "them");
            own.Add(Own(BaselineCodes.NotAccepted, broken.Max(violation => violation.Severity), $"{Count(names.Length)} for the worse {were} not accepted, so the baseline keeps what it had: {Printable.Text(string.Join(';', names))}. When {they} meant, name {them} with a reason, as the page of this code shows."));
        }

        return new BaselineUpdate
        {
            FilePath = file,
            Written = written,
            Done = true,
            Changes = changes,
            Unused = [.. patterns.Where(pattern => !used.Contains(pattern) && (last is not null || pattern.Metrics != AcceptancePattern.Analysis)).Select(pattern => pattern.Text)],
            Result = candidate with { Verdict = verdict with { Violations = [.. own, .. verdict.Violations] }, ComparedWith = next, Acceptable = Acceptable(verdict, policy), InputFiles = [.. candidate.InputFiles.Append(file).Distinct()] },
        };
    }

    /// <summary>The baseline that is there and can be compared with; null when there is none, or when it may be made again.</summary>
    private static Baseline? Last(string file, Policy policy, bool mayReplace)
    {
        if (!File.Exists(file))
            return null;
        Baseline last;
        try
        {
            last = BaselineFile.Load(file);
        }
        catch (BaselineException e) when (e.Code == BaselineCodes.OtherVersion && mayReplace)
        {
            return null;
        }

        if (last.Report.Options == policy.Analysis)
            return last;
        return mayReplace ? null : throw new BaselineException(
            BaselineCodes.OtherAnalysis,
            $"'{Printable.Text(Path.GetFileName(file))}' was made with other analysis options than policy '{policy.Name}' asks for. Make it again from the model that it stands for: accept '*:{AcceptancePattern.Analysis}'");
    }

    /// <summary>The model measured; only what leaves it unread, or its weights unfit, counts.</summary>
    private static GateResult Candidate(GateRequest request, string? file, CancellationToken cancellationToken)
    {
        string? known = file is not null && File.Exists(file) ? file : null;
        // Rows of the last baseline serve where the weights did not change.
        GateResult judged = ModelGate.Run(request with { BaselinePath = known, Policy = request.Policy.WithoutRules() }, cancellationToken);
        bool unread = judged.Report.Layers.IsEmpty || judged.Report.Layers.Any(layer => layer.Fault != LayerFault.None);
        return judged with { Verdict = judged.Verdict with { Violations = unread ? [.. judged.Verdict.Violations.Where(violation => violation.Code != PolicyViolationCodes.NoRules.Id)] : [] } };
    }

    private static (string? Path, string? Fault) FilePath(string? spec, string artifact)
    {
        if (spec is null)
            return (null, "the model has no baseline. Name a file for it, such as baselines/" + Path.GetFileName(artifact) + Baseline.FileSuffix);
        if (GitBaselinePath.IsOne(spec))
            return (null, $"the baseline '{Printable.Text(spec)}' is one of a git revision, which nobody changes. Name a file of the work tree, or replace the model in that revision");
        if (Baseline.IsFileName(spec))
            return (spec, null);
        string inFolder = Path.Combine(spec, Path.GetFileName(Path.TrimEndingDirectorySeparator(artifact)) + Baseline.FileSuffix);
        if (Directory.Exists(spec) || Path.EndsInDirectorySeparator(spec) || !Path.HasExtension(spec))
            return (inFolder, null);
        string beside = spec + Baseline.FileSuffix;
        return !File.Exists(spec) && File.Exists(beside) ? (beside, null) : (null, $"the baseline '{Printable.Text(spec)}' is no baseline file (*{Baseline.FileSuffix}); a checkpoint is its own baseline");
    }

    private static string? Unusable(Acceptance acceptance, ImmutableArray<AcceptancePattern> patterns, ImmutableArray<string> faulty, out DateOnly? until)
    {
        until = null;
        if (!faulty.IsEmpty)
            return $"'{Printable.Text(faulty[0])}' is no change: write layer:metric, such as fc1:alpha";
        if (!patterns.IsEmpty && string.IsNullOrWhiteSpace(acceptance.Reason))
            return $"'{Printable.Text(patterns[0].Text)}' is to be accepted without a reason; say why";
        if (string.IsNullOrWhiteSpace(acceptance.Until))
            return null;
        if (!DateOnly.TryParseExact(acceptance.Until.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            return $"'{Printable.Text(acceptance.Until)}' is no day such as 2027-01-31";
        until = day;
        return null;
    }

    /// <summary>The errors of a verdict that updating a baseline file could accept, as patterns that would.</summary>
    internal static ImmutableArray<string> Acceptable(Verdict verdict, Policy policy) =>
    [
        .. verdict.Violations.Where(violation => violation.Severity == Severity.Error && (AcceptableCodes.Contains(violation.Code) || BaselineRatchet.DependsOnBaseline(violation, policy)))
            .Select(NameOf).Distinct(StringComparer.Ordinal),
    ];

    private static string NameOf(Violation violation) => $"{violation.Layer ?? AcceptancePattern.Model}:{violation.Metric}";

    private static BaselineUpdate Refused(GateResult candidate, string? file, DiagnosticCode code, string message)
    {
        Violation violation = Own(code, Severity.Error, $"{code.Title}: {message.TrimEnd('.')}.");
        return new BaselineUpdate { FilePath = file, Result = candidate with { Verdict = candidate.Verdict with { Violations = [violation, .. candidate.Verdict.Violations] } } };
    }

    private static Violation Own(DiagnosticCode code, Severity severity, string message) => new() { Code = code.Id, Severity = severity, Message = message };

    private static string Count(int changes) => changes == 1 ? "1 change" : string.Create(CultureInfo.InvariantCulture, $"{changes} changes");
}
