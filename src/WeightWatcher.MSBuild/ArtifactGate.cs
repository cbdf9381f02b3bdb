using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Reports;

namespace WeightWatcher.MSBuild;

/// <summary>Judges one artifact, or repeats what was said of it when nothing changed.</summary>
internal sealed class ArtifactGate(GateSettings settings, PolicyStore policies, GateLog log, Lazy<AnalysisPool> pool)
{
    // Two builds of the tool are two tools: the record of one says nothing about what the other would say.
    private static readonly string Build = $"{typeof(Policy).Module.ModuleVersionId:N}{typeof(ArtifactGate).Module.ModuleVersionId:N}";

    // No file was read before: the policies too, each once for all artifacts, are read by this gate.
    private readonly DateTime _begun = DateTime.UtcNow;

    /// <summary>Judges an artifact. Several may be judged at once.</summary>
    /// <param name="item">The artifact.</param>
    /// <param name="stem">What its reports are called.</param>
    /// <param name="last">What the record says of it, or null.</param>
    /// <param name="cancellationToken">Stops the analysis.</param>
    public ArtifactOutcome Judge(ModelItem item, string stem, RecordedArtifact? last, CancellationToken cancellationToken)
    {
        string shown = ShownPath.Of(item.Path, settings.ProjectDirectory);
        string? policy = policies.PathFor(item);
        string policyName = policy is null ? PolicyLookup.Default : PolicyLookup.IsBuiltIn(policy) ? policy : ShownPath.Of(policy, settings.ProjectDirectory);
        string key = string.Join('\n', [Build, item.Path, policy ?? "", item.Baseline ?? "", item.BaseModel ?? "", shown, stem, settings.ProjectFile, settings.ReportDirectory, .. settings.ReportFormats]);
        if (last is not null && last.Key == key && Unchanged(last, cancellationToken) is { } unchanged)
            return new(unchanged, shown, policyName, Repeated: true);

        InputStamps inputs = new(_begun);
        inputs.Before(policy is null || PolicyLookup.IsBuiltIn(policy) ? [item.Path] : [item.Path, policy]);
        GateResult result;
        string? subject = shown;
        try
        {
            Policy loaded = policies.Load(policy);
            inputs.Before(NamedBy(item, loaded));
            using ProgressLine progress = new(shown, log.Progress);
            result = ModelGate.Run(
                new()
                {
                    ArtifactPath = item.Path,
                    DisplayPath = shown,
                    Policy = loaded,
                    OnnxRuntime = loaded.Runtime is null ? null : OnnxRuntime(),
                    BaselinePath = item.Baseline,
                    RepositoryDirectory = item.Baseline is null ? null : settings.ProjectDirectory,
                    BaseModelPath = item.BaseModel,
                    NeedsSpectra = settings.ReportFormats.Contains("html"),
                    CacheDirectory = settings.CacheDirectory,
                    Pool = pool.Value,
                    Progress = progress,
                },
                cancellationToken);
        }
        catch (PolicyException e)
        {
            result = NotJudged(item, shown, e);
            subject = null;
        }

        if (result.CacheNote is not null)
            log.Aside(result.CacheNote);
        foreach (string line in result.Report.Runtime?.Log ?? [])
            log.Aside($"{shown}: ONNX Runtime: {Printable.Text(line)}");
        ImmutableArray<BuildDiagnostic>.Builder diagnostics = ImmutableArray.CreateBuilder<BuildDiagnostic>();
        diagnostics.AddRange(result.Verdict.Violations.Select(v => BuildDiagnostic.Of(v, subject, item.Path)));
        IReadOnlyList<FileStamp>? reports = WriteReports(result, stem, shown, diagnostics);
        RecordedArtifact recorded = new()
        {
            Item = item,
            Key = key,
            Inputs = reports is null ? [] : inputs.After(result),
            Reports = reports ?? [],
            Diagnostics = diagnostics.ToImmutable(),
            GitInputs = result.GitInputs,
            HoldsUntil = result.HoldsUntil,
            Acceptable = result.Acceptable,
            OnnxRuntime = result.Report.Runtime?.LibraryPath,
            Layers = result.Report.Layers.Length,
        };
        return new(recorded, shown, policyName, Repeated: false);
    }

    // Apart from its caller, so that a replay without runs loads nothing of the engine.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsStill(string library) => OnnxRuntime().Find() == library;

    private OnnxRuntimeLocation OnnxRuntime() => new()
    {
        Named = settings.OnnxRuntimePath,
        NamedBy = "WeightWatcherOnnxRuntimePath",
        Candidates = [.. settings.OnnxRuntimeAssets, .. settings.ProjectAssetsFile is { } list ? ProjectAssets.OnnxRuntime(list) : []],
        HowToAdd = "Add <PackageReference Include=\"Microsoft.ML.OnnxRuntime\" Version=\"1.31.0\" /> to the project, or name the library with the property WeightWatcherOnnxRuntimePath",
    };

    private RecordedArtifact? Unchanged(RecordedArtifact last, CancellationToken cancellationToken)
    {
        if (last.Inputs.Count == 0 || last.HoldsUntil < DateOnly.FromDateTime(DateTime.UtcNow))
            return null;
        // Another library may run the same model otherwise.
        if (last.OnnxRuntime is { } library && !IsStill(library))
            return null;
        try
        {
            FileStamp?[] inputs = [.. last.Inputs.Select(i => i.Refresh(cancellationToken))];
            FileStamp?[] reports = [.. last.Reports.Select(r => r.Refresh(cancellationToken))];
            if (inputs.Contains(null) || reports.Contains(null) || last.GitInputs.Any(git => !git.IsCurrent(cancellationToken)))
                return null;
            return Same(inputs, last.Inputs) && Same(reports, last.Reports) ? last : last with { Inputs = inputs!, Reports = reports! };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Same(FileStamp?[] now, IReadOnlyList<FileStamp> then)
    {
        for (int i = 0; i < now.Length; i++)
        {
            if (!ReferenceEquals(now[i], then[i]))
                return false;
        }

        return true;
    }

    // A policy that cannot be used fails every artifact that it should judge, and their reports say so.
    internal static GateResult NotJudged(ModelItem item, string shown, PolicyException e)
    {
        IEnumerable<Violation> faults = e.Faults.Select(f => new Violation
        {
            Code = f.Code.Id,
            Severity = Severity.Error,
            Message = f.Message,
            PolicyFile = e.Path,
            PolicyLine = f.Line,
            PolicyColumn = f.Column,
        });
        return Nothing(item, shown) with { Verdict = new() { Artifact = shown, Violations = [.. faults] } };
    }

    /// <summary>The outcome of an artifact that was not looked at.</summary>
    internal static GateResult Nothing(ModelItem item, string shown) => new()
    {
        Report = new()
        {
            Artifact = new(shown, "unknown", "", 0),
            Options = AnalysisOptions.Default,
            Layers = [],
            Skipped = [],
            Summary = [],
        },
        Verdict = new() { Artifact = shown, Violations = [] },
        InputFiles = [item.Path],
        IsComplete = false,
    };

    /// <summary>The stamps of the reports; null, with a diagnostic, when they cannot be written.</summary>
    private IReadOnlyList<FileStamp>? WriteReports(GateResult result, string stem, string shown, ImmutableArray<BuildDiagnostic>.Builder diagnostics)
    {
        try
        {
            return [.. ReportWriter.Write(result, settings.ReportDirectory, stem, settings.ReportFormats, settings.ProjectDirectory).Select(p => FileStamp.Take(p))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string message = $"{shown}: the report in {settings.ReportDirectory} cannot be written: {e.Message}".ReplaceLineEndings(" ");
            diagnostics.Insert(0, new(Severity.Error, EnvironmentCodes.ReportNotWritable.Id, message, settings.ProjectFile, 1, 1));
            return null;
        }
    }

    /// <summary>The baseline and the base model, as far as they are files or folders.</summary>
    private static IEnumerable<string> NamedBy(ModelItem item, Policy policy)
    {
        if ((item.Baseline ?? policy.BaselinePath) is { } baseline && !baseline.StartsWith("git:", StringComparison.Ordinal))
            yield return baseline;
        if ((item.BaseModel ?? policy.Analysis.BaseModelPath) is { } baseModel)
            yield return baseModel;
    }
}

/// <summary>What became of one artifact.</summary>
/// <param name="Artifact">The outcome.</param>
/// <param name="Shown">The artifact's path as messages show it.</param>
/// <param name="PolicyName">The policy as messages show it.</param>
/// <param name="Repeated">Whether the outcome is that of an earlier gate, because nothing changed.</param>
internal sealed record ArtifactOutcome(RecordedArtifact Artifact, string Shown, string PolicyName, bool Repeated);
