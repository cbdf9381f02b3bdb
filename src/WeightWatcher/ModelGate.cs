using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Baselines;
using WeightWatcher.Caching;
using WeightWatcher.Codes;
using WeightWatcher.Policies;
using WeightWatcher.Reports;

namespace WeightWatcher;

/// <summary>What to judge by what.</summary>
public sealed record GateRequest
{
    /// <summary>The full path of the artifact.</summary>
    public required string ArtifactPath { get; init; }

    /// <summary>The artifact's path as reports and messages show it, with <c>/</c>; null for the file name.</summary>
    public string? DisplayPath { get; init; }

    /// <summary>The policy.</summary>
    public required Policy Policy { get; init; }

    /// <summary>
    /// The baseline, which wins over the policy's own: the full path of a checkpoint, of a baseline file, or of a folder that holds the one that goes with the artifact; or
    /// <c>git:revision:path</c>; or null.
    /// </summary>
    public string? BaselinePath { get; init; }

    /// <summary>The full path of the model that the artifact was trained from, which wins over the policy's own; or null.</summary>
    public string? BaseModelPath { get; init; }

    /// <summary>The full path of a folder in the repository in which <c>git:</c> baselines are looked up; null for the policy's own folder, or the artifact's.</summary>
    public string? RepositoryDirectory { get; init; }

    /// <summary>Where the native library of ONNX Runtime may be when the policy asks for <c>runtime</c>; null for where this process would find it.</summary>
    public OnnxRuntimeLocation? OnnxRuntime { get; init; }

    /// <summary>Whether reports will draw the spectra of layers; a baseline file does not have them, so that layers which did not change are measured again.</summary>
    public bool NeedsSpectra { get; init; }

    /// <summary>The day (UTC) on which accepted changes must hold, or null for today.</summary>
    public DateOnly? Today { get; init; }

    /// <summary>The most threads to use, or null for one per processor.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>
    /// The full path of the folder in which measured layers are kept by content, shared with other processes; or null to keep none. It never changes
    /// a result, and a folder that cannot be written is not used.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Threads and memory shared with other analyses, which then win over <see cref="MaxThreads"/>; or null.</summary>
    public AnalysisPool? Pool { get; init; }

    /// <summary>Hears of each finished layer; one at a time, from several threads.</summary>
    public IProgress<AnalysisProgress>? Progress { get; init; }
}

/// <summary>The outcome of judging one artifact.</summary>
public sealed record GateResult
{
    /// <summary>What was measured; without layers when the artifact could not be read.</summary>
    public required ModelReport Report { get; init; }

    /// <summary>What the policy says of it.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What the model was compared with, renamed layers under the names that the model has; null when there was no baseline or it could not be read.</summary>
    public ModelReport? Baseline { get; init; }

    /// <summary>False when the policy said nothing of the model, because the model, the policy or the baseline could not be read.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The full paths of all files that decided the outcome: artifact, external data, policy, baseline; and of those that could have, had they been there.</summary>
    public required ImmutableArray<string> InputFiles { get; init; }

    /// <summary>What was read from git revisions.</summary>
    public ImmutableArray<GitInput> GitInputs { get; init; } = [];

    /// <summary>False when the same files may give another outcome: ONNX Runtime was not found, crashed, or used up its time or memory.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>The last day (UTC) on which the outcome holds for the same files, because an accepted change expires then; null when it holds for good.</summary>
    public DateOnly? HoldsUntil { get; init; }

    /// <summary>
    /// What failed against a baseline file, as patterns <c>layer:metric</c> with which an update of the file would accept it; empty when nothing did, or when the baseline is none.
    /// </summary>
    public ImmutableArray<string> Acceptable { get; init; } = [];

    /// <summary>What the model was compared with, with what was held and accepted, or null.</summary>
    internal Baseline? ComparedWith { get; init; }

    /// <summary>Why <see cref="GateRequest.CacheDirectory"/> could not be written, in one sentence; else null. Not part of written reports.</summary>
    public string? CacheNote { get; init; }
}

/// <summary>A file or folder of a git revision that decided an outcome.</summary>
/// <param name="Path"><c>git:revision:path</c>.</param>
/// <param name="Folder">The full path of a folder in the repository.</param>
/// <param name="ObjectId">The id of the object that the path is; another one when the content changed.</param>
public sealed record GitInput(string Path, string Folder, string ObjectId)
{
    /// <summary>Whether the revision still has the same content there.</summary>
    /// <param name="cancellationToken">Stops git.</param>
    public bool IsCurrent(CancellationToken cancellationToken = default)
    {
        try
        {
            return GitBaselinePath.TryParse(Path) is { } path && GitRepository.Identity(path, Folder, cancellationToken) == ObjectId;
        }
        catch (BaselineException)
        {
            return false;
        }
    }
}

/// <summary>Reads, analyses and judges one artifact: what the build task and the assertions share.</summary>
public static class ModelGate
{
    /// <summary>Judges an artifact. What is wrong with the artifact or the baseline becomes a violation of the verdict, not an exception.</summary>
    /// <param name="request">What to judge by what.</param>
    /// <param name="cancellationToken">Stops the work within about 100 ms.</param>
    /// <returns>The report and the verdict; the report has no layers when the artifact could not be read.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GateResult Run(GateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        string shown = request.DisplayPath ?? Path.GetFileName(request.ArtifactPath);
        Policy policy = request.BaseModelPath is { } baseModel ? request.Policy.WithBaseModel(baseModel) : request.Policy;
        string? baselinePath = request.BaselinePath ?? policy.BaselinePath;
        AnalysisOptions options = policy.Analysis with { MaxThreads = request.MaxThreads };
        LayerCache? cache = request.CacheDirectory is null ? null : new LayerCache(request.CacheDirectory);
        DateOnly today = request.Today ?? DateOnly.FromDateTime(DateTime.UtcNow);
        string folder = request.RepositoryDirectory ?? Path.GetDirectoryName(request.BaselinePath is null ? policy.FilePath ?? request.ArtifactPath : request.ArtifactPath)!;
        using BaselineLoader? loader = baselinePath is null ? null : BaselineLoader.Open(baselinePath, folder, request.ArtifactPath, request.CacheDirectory, cancellationToken);
        KnownRows? known = !request.NeedsSpectra && loader?.File is { } file ? new KnownRows(file.Report.Layers) : null;
        ImmutableArray<string> others = [.. new[] { policy.FilePath, baselinePath is null || GitBaselinePath.IsOne(baselinePath) ? null : baselinePath, options.BaseModelPath }.OfType<string>()];

        (ModelReport? report, _, Violation? fault) = Analyze(request.ArtifactPath, options, known, cache, request.Progress, request.Pool, ForArtifact, cancellationToken);
        if (report is null)
            return Rejected(Unread(request.ArtifactPath, shown, options), shown, fault!, [request.ArtifactPath, .. others]);
        report = report with { Artifact = report.Artifact with { Path = shown } };
        string? checkpoint = null;
        Baseline? baseline = loader?.Load(
            (path, rows) =>
            {
                checkpoint = path;
                return Analyze(path, options, rows, cache, null, request.Pool, ForBaseline, cancellationToken);
            },
            report);
        ImmutableArray<string> inputs = [.. report.Artifact.Files, .. others.Union(loader?.Files ?? []), .. report.Artifact.LookedFor];
        if (loader?.Fault is { } missing)
            return Rejected(report, shown, missing, inputs);
        if (policy.UsesChanges && baseline is not null)
        {
            (ModelReport? compared, _, fault) = Guard(() => WeightChanges.Add(report, request.ArtifactPath, baseline.Report, checkpoint, cancellationToken), baselinePath!, ForBaseline);
            if (compared is null)
                return Rejected(report, shown, fault!, inputs);
            report = compared;
        }

        if (policy.Runtime is { IsOn: true } runtime)
        {
            RuntimeBaseline? measure = baseline is null ? null
                : checkpoint is null || baseline.Report.Artifact.Files.IsEmpty ? new("", null) : new(baseline.Report.Artifact.Files[0], baseline.Report.Artifact.Format);
            (RuntimeReport ran, ImmutableArray<string> files) = RuntimeChecks.Run(runtime, report.Artifact, measure, request.OnnxRuntime ?? OnnxRuntimeLocation.OfProcess, cancellationToken);
            report = report with { Runtime = ran };
            inputs = [.. inputs.Union(files)];
        }

        Verdict verdict = policy.Judge(report, baseline, today);
        return new GateResult
        {
            Report = report,
            Verdict = verdict,
            Acceptable = baseline?.FilePath is null ? [] : BaselineUpdater.Acceptable(verdict, policy),
            InputFiles = inputs,
            IsRepeatable = report.Runtime?.IsRepeatable != false,
            GitInputs = loader?.Git is { } git ? [git] : [],
            HoldsUntil = baseline?.Accepted.Where(change => change.HoldsOn(today)).Min(change => change.Until),
            Baseline = baseline is null ? null : Shown(new BaselineReport(baseline, report, today).Report, loader?.FoundPath, folder),
            ComparedWith = baseline,
            CacheNote = cache?.Note,
        };
    }

    private static (ModelReport? Report, ArtifactException? Exception, Violation? Fault) Analyze(
        string path,
        AnalysisOptions options,
        KnownRows? known,
        LayerCache? cache,
        IProgress<AnalysisProgress>? progress,
        AnalysisPool? pool,
        Func<DiagnosticCode, string, Violation> fault,
        CancellationToken cancellationToken)
    {
        return Guard(() => ModelAnalyzer.Analyze(path, options, cache, progress, cancellationToken, pool: pool, known: known), path, fault);
    }

    private static (ModelReport? Report, ArtifactException? Exception, Violation? Fault) Guard(
        Func<ModelReport> analysis, string path, Func<DiagnosticCode, string, Violation> fault)
    {
        try
        {
            return (analysis(), null, null);
        }
        catch (ArtifactException e)
        {
            return (null, e, fault(e.Code, e.Path is null || e.Path == Path.GetFullPath(path) ? e.Message : $"{Path.GetFileName(e.Path)}: {e.Message}"));
        }
        catch (OutOfMemoryException)
        {
            return (null, null, fault(ArtifactCodes.LimitExceeded, "there is not enough memory to analyse it"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A gate never lets a model through because it broke itself, and never shows a stack trace to its user.
            return (null, null, fault(ArtifactCodes.AnalysisFailed, $"the analysis failed unexpectedly ({e.GetType().Name}: {Printable.Text(e.Message)}); please report this with the model's shapes"));
        }
    }

    private static Violation ForArtifact(DiagnosticCode code, string message) =>
        new() { Code = code.Id, Severity = Severity.Error, Message = $"{code.Title}: {message}." };

    private static Violation ForBaseline(DiagnosticCode code, string message)
    {
        DiagnosticCode own = code == ArtifactCodes.NotFound ? BaselineCodes.NotFound : BaselineCodes.Unreadable;
        return new() { Code = own.Id, Severity = Severity.Error, Message = $"{own.Title}: {message} ({code.Id})." };
    }

    private static GateResult Rejected(ModelReport report, string shown, Violation violation, ImmutableArray<string> inputs) =>
        new() { Report = report, Verdict = new Verdict { Artifact = shown, Violations = [violation] }, InputFiles = inputs, IsComplete = false };

    /// <summary>The baseline under the path of its own file: which model it was made of says less to a reader who looks for it.</summary>
    private static ModelReport Shown(ModelReport baseline, string? path, string folder) =>
        path is null ? baseline : baseline with { Artifact = baseline.Artifact with { Path = ShownPath.Of(path, folder) } };

    private static ModelReport Unread(string path, string shown, AnalysisOptions options)
    {
        FileInfo file = new(path);
        return new ModelReport
        {
            Artifact = new ArtifactInfo(shown, "unknown", "", file.Exists ? file.Length : 0),
            Options = options,
            Layers = [],
            Skipped = [],
            Summary = [],
        };
    }
}
