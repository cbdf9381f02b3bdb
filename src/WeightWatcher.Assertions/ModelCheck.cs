using System.Collections.Immutable;
using System.Diagnostics;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Assertions;

/// <summary>
/// Binds an assertion to the gate of the core: looks up the files, judges, shows the report with the test, and turns what cannot be judged
/// into a verdict that says so, so that a test fails and never merely errs.
/// </summary>
internal static class ModelCheck
{
    /// <summary>Judges a whole model.</summary>
    public static Verdict Run(string path, string policyName, string? baseline)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Shown(Judge(path, policyName, baseline).Verdict);
    }

    /// <summary>Judges one layer: its own violations, and those that leave the model unjudged.</summary>
    public static Verdict RunOnLayer(string path, string layer, string policyName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        (Verdict verdict, ModelReport? report) = Judge(path, policyName, baseline: null);
        Verdict ofLayer = verdict with
        {
            Violations = [.. verdict.Violations.Where(v => v.Layer == layer || (v.Layer is null && LeavesModelUnjudged(v)))],
        };
        bool judged = report is not null && report.Layers.Any(l => l.Name == layer);
        return Shown(judged || !ofLayer.Passed ? ofLayer : Unjudged(verdict.Artifact, ArtifactCodes.NoLayerSelected, NoSuchLayer(layer, report)));
    }

    /// <summary>The names of the layers that the policy's analysis selects, in the order of the artifact.</summary>
    /// <exception cref="ModelQualityException">The artifact or the policy is missing or malformed, or there is no layer.</exception>
    [StackTraceHidden]
    public static ImmutableArray<string> LayerNames(string path, string policyName)
    {
        ImmutableArray<string> names = [];
        Verdict? failure = Opened(path, policyName, out string artifact, out Policy? policy);
        if (failure is null)
        {
            try
            {
                names = LayerList.Of(artifact, policy!.Analysis);
                if (names.IsEmpty)
                    failure = Unjudged(Shown(path), EnvironmentCodes.NoTestData, "the model has no layer that the policy's analysis selects, so there is nothing to test.");
            }
            catch (ArtifactException e)
            {
                failure = Unjudged(Shown(path), e.Code, e.Message);
            }
        }

        failure?.ThrowIfFailed();
        return names;
    }

    /// <summary>The relative paths of the artifacts that patterns match, with <c>/</c>, in ordinal order.</summary>
    /// <exception cref="ModelQualityException">A pattern matches nothing.</exception>
    [StackTraceHidden]
    public static ImmutableArray<string> FilePaths(IEnumerable<string> patterns)
    {
        SortedSet<string> paths = new(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            ImmutableArray<string> roots = FileLookup.Roots();
            ImmutableArray<string> matches = roots.Select(root => FilePattern.Expand(pattern, root)).FirstOrDefault(found => !found.IsEmpty, []);
            if (matches.IsEmpty)
            {
                Unjudged(pattern, EnvironmentCodes.NoTestData, $"the pattern '{Printable.Text(pattern)}' matches no file under {FileLookup.List(roots)}.")
                    .ThrowIfFailed();
            }

            paths.UnionWith(matches);
        }

        return [.. paths];
    }

    private static (Verdict Verdict, ModelReport? Report) Judge(string path, string policyName, string? baseline)
    {
        if (Opened(path, policyName, out string artifact, out Policy? policy) is { } failure)
            return (failure, null);

        string? baselinePath = null;
        if (baseline is not null)
        {
            FileLookup lookup = FileLookup.Of(baseline);
            if (lookup.Found is null)
                return (Unjudged(Shown(path), BaselineCodes.NotFound, $"the baseline was not found; it was looked for at {FileLookup.List(lookup.Places)}."), null);
            baselinePath = lookup.Found;
        }

        GateRequest request = new() { ArtifactPath = artifact, DisplayPath = Shown(path), Policy = policy!, BaselinePath = baselinePath };
        GateResult result = GateCache.Process.Run(request, CurrentTest.CancellationToken);
        CurrentTest.Attach(result.Report, result.Verdict);
        return (result.Verdict, result.Report);
    }

    /// <summary>Finds the artifact and reads the policy; the verdict that says why that failed, or null.</summary>
    private static Verdict? Opened(string path, string policyName, out string artifact, out Policy? policy)
    {
        artifact = "";
        policy = Policy.FindBuiltIn(policyName);
        if (policy is null)
        {
            FileLookup lookup = FileLookup.Of(policyName);
            if (lookup.Found is null)
                return Unjudged(Shown(path), PolicyFileCodes.NotFound, $"the policy is neither built in nor found; it was looked for at {FileLookup.List(lookup.Places)}.");
            try
            {
                policy = Policy.Load(lookup.Found);
            }
            catch (PolicyException e)
            {
                return Unjudged(Shown(path), e, lookup.Found);
            }
        }

        FileLookup file = FileLookup.Of(path);
        if (file.Found is null)
            return Unjudged(Shown(path), ArtifactCodes.NotFound, $"the model was not found; it was looked for at {FileLookup.List(file.Places)}.");
        artifact = file.Found;
        return null;
    }

    /// <summary>A verdict on a model that could not be judged.</summary>
    private static Verdict Unjudged(string artifact, DiagnosticCode code, string message) => new()
    {
        Artifact = artifact,
        Violations = [new Violation { Code = code.Id, Severity = Severity.Error, Message = message }],
    };

    /// <summary>A verdict on a model whose policy has faults, each at its place in the file.</summary>
    private static Verdict Unjudged(string artifact, PolicyException exception, string policyFile) => new()
    {
        Artifact = artifact,
        Violations =
        [
            .. exception.Faults.Select(fault => new Violation
            {
                Code = fault.Code.Id,
                Severity = Severity.Error,
                Message = fault.Message,
                PolicyFile = policyFile,
                PolicyLine = fault.Line,
                PolicyColumn = fault.Column,
            }),
        ],
    };

    private static bool LeavesModelUnjudged(Violation violation) => !violation.Code.StartsWith("WWG1", StringComparison.Ordinal);

    private static string NoSuchLayer(string layer, ModelReport? report)
    {
        string asked = $"layer '{Printable.Text(layer)}'";
        if (report is null)
            return $"{asked} was not judged.";
        if (report.Skipped.FirstOrDefault(tensor => tensor.Name == layer) is { } skipped)
            return $"{asked} was not analysed: {skipped.Reason}.";
        const int shown = 5;
        string names = string.Join(", ", report.Layers.Select(l => l.Name).Distinct().Take(shown).Select(name => $"'{Printable.Text(name)}'"));
        return $"{asked} is not in the model, whose layers are {names}{(report.Layers.Length > shown ? ", ..." : "")}.";
    }

    private static Verdict Shown(Verdict verdict)
    {
        CurrentTest.Warn(verdict);
        return verdict;
    }

    private static string Shown(string path) => path.Replace('\\', '/');
}
