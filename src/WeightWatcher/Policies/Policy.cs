using System.Collections.Immutable;
using WeightWatcher.Policies;

namespace WeightWatcher;

/// <summary>A set of rules that a model must keep, read from YAML. Immutable; docs/policy.md describes the language.</summary>
public sealed class Policy
{
    private AnalysisOptions _analysis = AnalysisOptions.Default;
    private RuntimeOptions? _runtime;

    internal Policy()
    {
    }

    /// <summary>The built-in policy <c>well-trained</c>: what any trained model should keep, without a baseline.</summary>
    public static Policy WellTrained => BuiltInPolicies.Find("well-trained")!;

    /// <summary>The built-in policy <c>no-regression</c>: the model must not be worse than its baseline.</summary>
    public static Policy NoRegression => BuiltInPolicies.Find("no-regression")!;

    /// <summary>The names of the built-in policies.</summary>
    public static ImmutableArray<string> BuiltInNames => BuiltInPolicies.Names;

    /// <summary>The file name of the policy, or the name of the built-in one.</summary>
    public string Name { get; init; } = "";

    /// <summary>The full path of the policy's file, or null for a built-in one.</summary>
    public string? FilePath { get; init; }

    /// <summary>How the policy wants models analysed.</summary>
    public AnalysisOptions Analysis
    {
        get => _analysis;
        init => _analysis = value;
    }

    /// <summary>The policy's own baseline: a full path or <c>git:revision:path</c>; or null.</summary>
    public string? BaselinePath { get; init; }

    /// <summary>How models are compared with baselines.</summary>
    public BaselineComparison Comparison { get; init; } = new();

    /// <summary>The rules, inherited ones first; those that are switched off are among them.</summary>
    public ImmutableArray<PolicyRule> Rules { get; init; } = [];

    /// <summary>The smallest share of the parameters that must be analysed, 0 to 1, or null.</summary>
    public double? MinCoverage { get; init; }

    /// <summary>What is asked of the model when it runs in ONNX Runtime, or null when it is not run.</summary>
    public RuntimeOptions? Runtime
    {
        get => _runtime;
        init => _runtime = value;
    }

    /// <summary>The policy's own patterns of layers to analyse; empty when it names none.</summary>
    internal ImmutableArray<RulePattern> Include { get; init; } = [];

    /// <summary>The policy's own patterns of layers to leave out.</summary>
    internal ImmutableArray<RulePattern> Exclude { get; init; } = [];

    /// <summary>Where <see cref="MinCoverage"/> stands, or null when it is inherited.</summary>
    internal RulePattern? CoverageAt { get; init; }

    /// <summary>True when a rule that is on compares with a baseline, or outputs are compared with those of one.</summary>
    public bool NeedsBaseline => Runtime is { ComparesOutputs: true } || Rules.Any(rule => rule.Severity != Severity.Off && (rule.NeedsBaseline || rule.HasBaselineConditions || rule.ComparesWeights));

    /// <summary>True when a rule that is on uses a column that compares weights with those of the baseline.</summary>
    internal bool UsesChanges => Rules.Any(rule => rule.Severity != Severity.Off && rule.ComparesWeights);

    /// <summary>Reads a policy file.</summary>
    /// <param name="path">The file; a relative path is taken from the current directory.</param>
    /// <exception cref="PolicyException">The file is missing, unreadable, or anything in it is wrong; the exception has every fault.</exception>
    public static Policy Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PolicyFile.Load(Path.GetFullPath(path));
    }

    /// <summary>The built-in policy of a name, for example <c>well-trained</c>, or null.</summary>
    public static Policy? FindBuiltIn(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return BuiltInPolicies.Find(name);
    }

    /// <summary>The same policy for a model that is not run: without <see cref="Runtime"/>.</summary>
    public Policy WithoutRuntime()
    {
        if (Runtime is null)
            return this;
        Policy copy = (Policy)MemberwiseClone();
        copy._runtime = null;
        return copy;
    }

    /// <summary>The same analysis, without rules: what a model is measured by before there is anything to compare it with.</summary>
    internal Policy WithoutRules() => new() { Name = Name, FilePath = FilePath, Analysis = Analysis };

    /// <summary>Reads a policy from text that is in no file.</summary>
    /// <exception cref="PolicyException">Anything in it is wrong; the exception has every fault.</exception>
    internal static Policy Parse(string text, string? file = null) => PolicyParser.Parse(text, file, file is null ? "policy" : Path.GetFileName(file));

    /// <summary>The same policy for models that were analysed otherwise.</summary>
    internal Policy WithAnalysis(AnalysisOptions analysis)
    {
        Policy copy = (Policy)MemberwiseClone();
        copy._analysis = analysis;
        return copy;
    }

    /// <summary>The same policy with another base model.</summary>
    internal Policy WithBaseModel(string path)
    {
        Policy copy = (Policy)MemberwiseClone();
        copy._analysis = _analysis with { BaseModelPath = path };
        return copy;
    }

    /// <summary>Judges a report. The same report, baseline and policy give the same verdict, byte for byte.</summary>
    /// <param name="report">The candidate, analysed with <see cref="Analysis"/>.</param>
    /// <param name="baseline">The baseline, analysed with the same options, or null.</param>
    /// <exception cref="AnalysisMismatchException">The report was made with other options than <see cref="Analysis"/>.</exception>
    public Verdict Judge(ModelReport report, ModelReport? baseline = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new PolicyJudge(this, report, baseline is null ? null : Baseline.Of(baseline), default).Judge();
    }

    /// <summary>Judges a report against a baseline with what was held and accepted. The same arguments give the same verdict, byte for byte.</summary>
    /// <param name="report">The candidate, analysed with <see cref="Analysis"/>.</param>
    /// <param name="baseline">The baseline, analysed with the same options, or null.</param>
    /// <param name="today">The day on which accepted changes must still hold, in UTC.</param>
    /// <exception cref="AnalysisMismatchException">The report was made with other options than <see cref="Analysis"/>.</exception>
    public Verdict Judge(ModelReport report, Baseline? baseline, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new PolicyJudge(this, report, baseline, today).Judge();
    }
}
