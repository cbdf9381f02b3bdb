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
        (Verdict verdict, ModelReport? report) = Open(path, policyName, out string artifact, out Policy? policy) is { } failure
            ? (failure, null)
            : Judge(path, artifact, policy!, baseline);
        CurrentTest.Show(verdict, report);
        return verdict;
    }

    /// <summary>Judges one layer: its own violations, and those that leave the model, or every layer of it, unjudged.</summary>
    public static Verdict RunOnLayer(string path, string layer, string policyName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Open(path, policyName, out string artifact, out Policy? policy) is { } failure)
        {
            CurrentTest.Show(failure, null);
            return failure;
        }

        // How the model runs is said of no layer, and a run that took too long would be repeated for each.
        policy = policy!.WithoutRuntime();
        (Verdict verdict, ModelReport? report) = Judge(path, artifact, policy, baseline: null);
        verdict = verdict with { Violations = [.. verdict.Violations.Where(v => v.Layer == layer || (v.Layer is null && !IsOfWholeModel(v, policy)))] };
        if (verdict.Passed && report is not null && !report.Layers.Any(row => row.Name == layer))
            verdict = Unjudged(verdict.Artifact, ArtifactCodes.NoLayerSelected, NoSuchLayer(layer, report));
        CurrentTest.Show(verdict, report is null ? null : report with { Layers = [.. report.Layers.Where(row => row.Name == layer)], Skipped = [] });
        return verdict;
    }

    /// <summary>The names of the layers that the policy's analysis selects, in the order of the artifact.</summary>
    /// <exception cref="ModelQualityException">The artifact or the policy is missing or malformed, or there is no layer.</exception>
    [StackTraceHidden]
    public static ImmutableArray<string> LayerNames(string path, string policyName)
    {
        (ImmutableArray<string> names, Verdict? failure) = FindLayers(path, policyName);
        failure?.ThrowIfFailed();
        return names;
    }

    /// <summary>The relative paths of the artifacts that patterns match, with <c>/</c>, in ordinal order.</summary>
    /// <exception cref="ModelQualityException">There is no pattern, or one matches nothing.</exception>
    [StackTraceHidden]
    public static ImmutableArray<string> FilePaths(IReadOnlyList<string> patterns)
    {
        (ImmutableArray<string> paths, Verdict? failure) = FindFiles(patterns);
        failure?.ThrowIfFailed();
        return paths;
    }

    private static (ImmutableArray<string> Names, Verdict? Failure) FindLayers(string path, string policyName)
    {
        if (Open(path, policyName, out string artifact, out Policy? policy) is { } failure)
            return ([], failure);
        try
        {
            return (ModelAnalyzer.ListLayers(artifact, policy!.Analysis, CancellationToken.None), null);
        }
        catch (ArtifactException e) when (e.Code == ArtifactCodes.NoTensors || e.Code == ArtifactCodes.NoAnalysableLayer || e.Code == ArtifactCodes.NoLayerSelected)
        {
            return ([], Unjudged(Shown(path), EnvironmentCodes.NoTestData, $"{e.Message} ({e.Code})."));
        }
        catch (ArtifactException e)
        {
            return ([], Unjudged(Shown(path), e.Code, $"{e.Message}."));
        }
    }

    private static (ImmutableArray<string> Paths, Verdict? Failure) FindFiles(IReadOnlyList<string> patterns)
    {
        ImmutableArray<string> roots = FileLookup.Roots();
        SortedSet<string> paths = new(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            ImmutableArray<string> matches = roots.Select(root => FilePattern.Expand(pattern, root)).FirstOrDefault(found => !found.IsEmpty, []);
            if (matches.IsEmpty)
                return ([], Unjudged(Shown(pattern), EnvironmentCodes.NoTestData, $"the pattern '{Printable.Text(pattern)}' matches no file in {FileLookup.List(roots)}."));
            paths.UnionWith(matches);
        }

        return ([.. paths], paths.Count == 0 ? Unjudged("", EnvironmentCodes.NoTestData, "no pattern was given.") : null);
    }

    private static (Verdict Verdict, ModelReport? Report) Judge(string path, string artifact, Policy policy, string? baseline)
    {
        bool isGit = baseline?.StartsWith("git:", StringComparison.Ordinal) == true;
        FileLookup? lookup = baseline is null || isGit ? null : FileLookup.Of(baseline);
        GateRequest request = new()
        {
            ArtifactPath = artifact,
            DisplayPath = Shown(path),
            Policy = policy,
            BaselinePath = isGit ? baseline : lookup?.Found ?? lookup?.Places[0],
            RepositoryDirectory = isGit ? RepositoryFolder() : null,
            CacheDirectory = CacheFolder.OfProcess,
        };
        BaselineVariables variables = BaselineVariables.OfProcess;
        if (variables.IsAsked && BaselineUpdater.FileOf(request) is not null)
        {
            GateResult updated = BaselineCheck.Update(request, variables, new BaselineSources(AppContext.BaseDirectory), CurrentTest.CancellationToken);
            return (updated.Verdict, updated.Report);
        }

        if (lookup is { Found: null })
        {
            string make = lookup.Places[0].EndsWith(Baseline.FileSuffix, StringComparison.OrdinalIgnoreCase) ? $" To make it: {BaselineVariables.Update}=1 dotnet test." : "";
            return (Unjudged(Shown(path), BaselineCodes.NotFound, $"'{Printable.Text(baseline!)}' was looked for at {FileLookup.List(lookup.Places)}.{make}"), null);
        }

        GateResult result = GateCache.Process.Run(request, CurrentTest.CancellationToken);
        Verdict verdict = result.Acceptable.IsEmpty ? result.Verdict : result.Verdict with { Advice = BaselineVariables.Advice(result.Acceptable) };
        return (verdict, result.Report);
    }

    /// <summary>A folder in the repository of the tests: the output folder may lie outside of it, the project does not.</summary>
    private static string RepositoryFolder() => new BaselineSources(AppContext.BaseDirectory).Project ?? FileLookup.Roots()[^1];

    /// <summary>Finds the artifact and reads the policy; the verdict that says why that failed, or null.</summary>
    private static Verdict? Open(string path, string policyName, out string artifact, out Policy? policy)
    {
        artifact = "";
        policy = Policy.FindBuiltIn(policyName);
        if (policy is null)
        {
            FileLookup lookup = FileLookup.Of(policyName);
            if (lookup.Found is null)
            {
                string builtIn = string.Join(" or ", Policy.BuiltInNames.Select(name => $"'{name}'"));
                return Unjudged(Shown(path), PolicyFileCodes.NotFound, $"'{Printable.Text(policyName)}' is not built in ({builtIn} is), and was looked for at {FileLookup.List(lookup.Places)}.");
            }

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
            return Unjudged(Shown(path), ArtifactCodes.NotFound, $"it was looked for at {FileLookup.List(file.Places)}.");
        artifact = file.Found;
        return null;
    }

    /// <summary>A verdict on a model that could not be judged, in the words that the build uses too.</summary>
    private static Verdict Unjudged(string artifact, DiagnosticCode code, string message) => new()
    {
        Artifact = artifact,
        Violations = [new Violation { Code = code.Id, Severity = Severity.Error, Message = $"{code.Title}: {message}" }],
    };

    /// <summary>A verdict on a model whose policy has faults, each at its place in the file.</summary>
    private static Verdict Unjudged(string artifact, PolicyException exception, string policyFile) => new()
    {
        Artifact = artifact,
        PolicyName = Path.GetFileName(policyFile),
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

    /// <summary>
    /// Whether a violation without a layer is the model's as a whole: of a rule per model or of the coverage. That a rule per layer judged no layer, or that
    /// there is no rule at all, is every layer's: else it would pass silently.
    /// </summary>
    private static bool IsOfWholeModel(Violation violation, Policy policy) =>
        violation.Code.StartsWith("WWG1", StringComparison.Ordinal)
        && violation.Code != PolicyViolationCodes.NoRules.Id
        && !policy.Rules.Any(rule => rule.Per == RuleScope.Layer && rule.Id == violation.Rule);

    private static string NoSuchLayer(string layer, ModelReport report)
    {
        string asked = $"'{Printable.Text(layer)}'";
        if (report.Skipped.FirstOrDefault(tensor => tensor.Name == layer) is { } skipped)
            return $"{asked} was not analysed, because of this: {skipped.Reason}.";
        const int shown = 5;
        string[] names = [.. report.Layers.Select(row => row.Name).Distinct()];
        string some = string.Join(", ", names.Take(shown).Select(name => $"'{Printable.Text(name)}'"));
        return $"{asked} is none of the analysed layers, which are {some}{(names.Length > shown ? ", ..." : "")}.";
    }

    private static string Shown(string path) => path.Replace('\\', '/');
}
