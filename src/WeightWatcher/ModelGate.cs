using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Caching;
using WeightWatcher.Codes;

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

    /// <summary>The full path of the baseline, which wins over the policy's own; or null.</summary>
    public string? BaselinePath { get; init; }

    /// <summary>The full path of the model that the artifact was trained from, which wins over the policy's own; or null.</summary>
    public string? BaseModelPath { get; init; }

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

    /// <summary>What the model was compared with, or null when there was no baseline or it could not be read.</summary>
    public ModelReport? Baseline { get; init; }

    /// <summary>False when the policy said nothing of the model, because the model, the policy or the baseline could not be read.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The full paths of all files that decided the outcome: artifact, external data, policy, baseline.</summary>
    public required ImmutableArray<string> InputFiles { get; init; }

    /// <summary>Why <see cref="GateRequest.CacheDirectory"/> could not be written, in one sentence; else null. Not part of written reports.</summary>
    public string? CacheNote { get; init; }
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
        ImmutableArray<string> others = [.. new[] { policy.FilePath, baselinePath, options.BaseModelPath }.OfType<string>()];

        (ModelReport? report, Violation? fault) = Analyze(request.ArtifactPath, options, cache, request.Progress, request.Pool, ForArtifact, cancellationToken);
        if (report is null)
            return Rejected(Unread(request.ArtifactPath, shown, options), shown, fault!, [request.ArtifactPath, .. others]);
        report = report with { Artifact = report.Artifact with { Path = shown } };
        ImmutableArray<string> inputs = [.. report.Artifact.Files, .. others];
        ModelReport? baseline = null;
        if (baselinePath is not null)
        {
            (baseline, fault) = Analyze(baselinePath, options, cache, null, request.Pool, ForBaseline, cancellationToken);
            if (baseline is null)
                return Rejected(report, shown, fault!, inputs);
            inputs = [.. inputs, .. baseline.Artifact.Files.Skip(1)];
        }

        return new GateResult { Report = report, Verdict = policy.Judge(report, baseline), Baseline = baseline, InputFiles = inputs, CacheNote = cache?.Note };
    }

    private static (ModelReport? Report, Violation? Fault) Analyze(
        string path,
        AnalysisOptions options,
        LayerCache? cache,
        IProgress<AnalysisProgress>? progress,
        AnalysisPool? pool,
        Func<DiagnosticCode, string, Violation> fault,
        CancellationToken cancellationToken)
    {
        try
        {
            return (ModelAnalyzer.Analyze(path, options, cache, progress, cancellationToken, pool: pool), null);
        }
        catch (ArtifactException e)
        {
            return (null, fault(e.Code, e.Path is null || e.Path == Path.GetFullPath(path) ? e.Message : $"{Path.GetFileName(e.Path)}: {e.Message}"));
        }
        catch (OutOfMemoryException)
        {
            return (null, fault(ArtifactCodes.LimitExceeded, "there is not enough memory to analyse it"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A gate never lets a model through because it broke itself, and never shows a stack trace to its user.
            return (null, fault(ArtifactCodes.AnalysisFailed, $"the analysis failed unexpectedly ({e.GetType().Name}: {Printable.Text(e.Message)}); please report this with the model's shapes"));
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
