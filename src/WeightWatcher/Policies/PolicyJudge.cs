using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Layers;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>Judges one report by one policy. Holds the state of one judgement; the policy and the reports stay as they are.</summary>
internal sealed class PolicyJudge
{
    private readonly Policy _policy;
    private readonly ModelReport _report;
    private readonly Baseline? _baseline;
    private readonly DateOnly _today;
    private readonly VerdictBuilder _verdict = new();

    public PolicyJudge(Policy policy, ModelReport report, Baseline? baseline, DateOnly today)
    {
        _policy = policy;
        _report = report;
        _baseline = baseline;
        _today = today;
    }

    public Verdict Judge()
    {
        if (_report.Options != _policy.Analysis)
            throw new AnalysisMismatchException($"The report was made with other analysis options than policy '{_policy.Name}' asks for ({Differences(_report.Options, _policy.Analysis)}); analyse with Policy.Analysis.");
        ImmutableArray<PolicyRule> rules = [.. _policy.Rules.Where(rule => rule.Severity != Severity.Off)];
        JudgeLayers();
        JudgePatterns(rules);
        JudgeCoverage();
        RuntimeOptions? runtime = _policy.Runtime is { IsOn: true } asked ? asked : null;
        if (rules.IsEmpty && _policy.MinCoverage is null && runtime is null)
            _verdict.Add(OfPolicy(PolicyViolationCodes.NoRules, Severity.Warning, $"policy '{_policy.Name}' has no rules, so only broken weights are found. Write 'extends: well-trained' to judge the model."));
        BaselineReport? baseline = UsableBaseline(rules);
        foreach (PolicyRule rule in rules)
        {
            RuleJudge judge = rule.Per == RuleScope.Layer
                ? new LayerRuleJudge(rule, _report, baseline, _policy.Comparison, _verdict)
                : new ModelRuleJudge(rule, _report, baseline, _policy.Comparison, _verdict);
            judge.Judge();
        }

        if (runtime is not null)
            new RuntimeJudge(_policy, runtime, _report, _baseline is not null, _verdict).Judge();
        return new Verdict { Violations = _verdict.InOrder(), Checks = _verdict.Checks, Artifact = _report.Artifact.Path, PolicyName = _policy.Name };
    }

    /// <summary>What is wrong with the weights themselves is an error under every policy.</summary>
    private void JudgeLayers()
    {
        if (_report.Layers.IsEmpty)
            _verdict.Add(OfPolicy(ArtifactCodes.NoAnalysableLayer, Severity.Error, "no layer was analysed, so nothing can be said of the model. Look at the skipped tensors for the reasons.", VerdictBuilder.Beyond));
        for (int i = 0; i < _report.Layers.Length; i++)
        {
            LayerReport layer = _report.Layers[i];
            if (layer.Fault == LayerFault.None)
                continue;
            bool allZero = layer.Fault == LayerFault.AllZero;
            DiagnosticCode code = allZero ? ArtifactCodes.AllZeroWeights : ArtifactCodes.NonFiniteWeights;
            string what = allZero ? "all weights are zero" : "weights are NaN or infinite";
            string detail = layer.FaultDetail is { } known ? $" ({Printable.Text(known.TrimEnd('.'))})" : "";
            string advice = allZero
                ? "The layer was never filled, or was pruned away: check how the model was saved and loaded."
                : "Training diverged or the file is damaged: go back to the last good checkpoint, and look at the learning rate and the loss scaling.";
            _verdict.Add(OfPolicy(code, Severity.Error, $"{ViolationText.Layer(layer)}: {what}{detail}. {advice}", VerdictBuilder.Beyond) with { Layer = layer.Name }, i);
        }
    }

    /// <summary>Patterns that select nothing: a renamed layer must not make a rule pass silently.</summary>
    private void JudgePatterns(ImmutableArray<PolicyRule> rules)
    {
        foreach (RulePattern pattern in _policy.Include.Where(IsDead))
            _verdict.Add(OfPattern(PolicyFileCodes.DeadInclude, Severity.Error, pattern, _policy.FilePath, $"the pattern '{Printable.Text(pattern.Glob)}' of 'layers.include' matches no analysed layer{NearMiss(pattern.Glob)}."));
        foreach (RulePattern pattern in _policy.Exclude)
        {
            if (!_report.Skipped.Any(tensor => Matches(pattern.Glob, tensor)))
                _verdict.Add(OfPattern(PolicyFileCodes.DeadExclude, Severity.Info, pattern, _policy.FilePath, $"the pattern '{Printable.Text(pattern.Glob)}' of 'layers.exclude' matches no tensor; it can be removed."));
        }

        foreach (PolicyRule rule in rules)
        {
            foreach (RulePattern pattern in rule.Layers.Where(IsDead))
                _verdict.Add(OfPattern(PolicyFileCodes.DeadRulePattern, Severity.Error, pattern, rule.File, $"the pattern '{Printable.Text(pattern.Glob)}' of {ViolationText.Rule(rule)} matches no analysed layer{NearMiss(pattern.Glob)}.") with { Rule = rule.Id });
        }
    }

    private void JudgeCoverage()
    {
        if (_policy.MinCoverage is not { } min)
            return;
        Measurement coverage = ModelRuleJudge.ModelValue(_report, "coverage");
        if (coverage.IsMeasured && coverage.Value >= min)
            return;
        RulePattern? at = _policy.CoverageAt;
        (string shown, string limit) = Numbers.Pair(coverage.Value * 100, min * 100);
        string message = coverage.IsMeasured
            ? $"{shown} % of the parameters were analysed, below the minimum {limit} % of 'coverage'. Look at the skipped tensors for the reasons."
            : $"the share of the parameters that was analysed is not known ({coverage.Reason}), and 'coverage' needs it.";
        _verdict.Add(new Violation
        {
            Code = (coverage.IsMeasured ? PolicyViolationCodes.CoverageTooLow : PolicyViolationCodes.NotMeasured).Id,
            Severity = Severity.Error,
            Message = message,
            Metric = "coverage",
            Value = coverage.IsMeasured ? coverage.Value : null,
            Limit = min,
            PolicyFile = _policy.FilePath,
            PolicyLine = at?.Line,
            PolicyColumn = at?.Column,
            Excess = coverage.IsMeasured ? VerdictBuilder.ExcessOver(coverage.Value, min) : VerdictBuilder.Beyond,
        });
    }

    private static bool IsBuiltIn(PolicyRule rule) => rule.Source.EndsWith(BuiltInPolicies.SourceSuffix, StringComparison.Ordinal);

    /// <summary>The baseline when there is one that can be compared with; what stands against it is reported.</summary>
    private BaselineReport? UsableBaseline(ImmutableArray<PolicyRule> rules)
    {
        ImmutableArray<PolicyRule> comparing = [.. rules.Where(rule => rule.NeedsBaseline || rule.HasBaselineConditions || rule.ComparesWeights)];
        if (_baseline is null)
        {
            // The rules of one built-in policy are one finding: what mends one mends all.
            foreach (PolicyRule[] place in comparing.GroupBy(rule => IsBuiltIn(rule) ? rule.Source : rule.Id, (_, group) => group.ToArray()))
            {
                string message = place.Length == 1
                    ? $"{ViolationText.Rule(place[0])} compares with a baseline and none was given. Name one, or write 'severity: off' for the rule."
                    : string.Create(CultureInfo.InvariantCulture, $"{ViolationText.Rule(place[0])} and {place.Length - 1} more of {place[0].Source} compare with a baseline and none was given. Name one, or leave them out of 'extends'.");
                _verdict.Add(place[0], BaselineCodes.Required, Severity.Error, message, excess: VerdictBuilder.Beyond);
            }

            return null;
        }

        if (comparing.IsEmpty)
        {
            if (_policy.Runtime is { ComparesOutputs: true })
                return null;
            _verdict.Add(OfPolicy(BaselineCodes.Unused, Severity.Warning, $"the baseline '{Printable.Text(_baseline.Report.Artifact.Path)}' was given and no rule of policy '{_policy.Name}' compares with it. Write 'extends: no-regression', or do not give a baseline."));
            return null;
        }

        if (_baseline.Report.Options != _policy.Analysis)
        {
            _verdict.Add(comparing[0], BaselineCodes.OtherAnalysis, Severity.Error, $"the baseline '{Printable.Text(_baseline.Report.Artifact.Path)}' was made with other analysis options than policy '{_policy.Name}' asks for ({Differences(_baseline.Report.Options, _policy.Analysis)}). {Again(_baseline)}", excess: VerdictBuilder.Beyond);
            return null;
        }

        BaselineReport baseline = new(_baseline, _report, _today);
        baseline.CompareStructure(_report, _policy.Comparison, comparing[0], _policy.FilePath, _verdict);
        StaleAcceptances.Report(_baseline, baseline, _report, comparing, _today, _verdict);
        return baseline;
    }

    private static string Again(Baseline baseline) => baseline.FilePath is null
        ? "Make it again with this policy."
        : "Make it again from the model that it stands for: dotnet build -t:WeightWatcherUpdateBaseline -p:WeightWatcherAccept=*:analysis -p:WeightWatcherAcceptReason=...";

    private bool IsDead(RulePattern pattern) => !_report.Layers.Any(layer => Glob.IsMatch(pattern.Glob, layer.Name));

    private string NearMiss(string glob)
    {
        if (_report.Skipped.FirstOrDefault(tensor => Matches(glob, tensor)) is { } skipped)
            return $"; it matches '{Printable.Text(skipped.Name)}', which was skipped: {Printable.Text(skipped.Reason)}";
        string? meant = DidYouMean.Find(glob, _report.Layers.Select(layer => layer.Name));
        string? example = meant ?? _report.Layers.FirstOrDefault()?.Name;
        return meant is not null ? $"; did you mean '{Printable.Text(meant)}'?" : example is not null ? string.Create(CultureInfo.InvariantCulture, $"; the model has {_report.Layers.Length} layers, such as '{Printable.Text(example)}'") : "";
    }

    // A skipped tensor keeps its full name; the layer that it would have been has no '.weight'.
    private static bool Matches(string glob, SkippedTensor tensor) =>
        Glob.IsMatch(glob, tensor.Name) || (tensor.Name.EndsWith(".weight", StringComparison.Ordinal) && Glob.IsMatch(glob, tensor.Name[..^".weight".Length]));

    private static string Differences(AnalysisOptions found, AnalysisOptions wanted)
    {
        string[] first = found.Signature.Split(';');
        string[] second = wanted.Signature.Split(';');
        IEnumerable<string> differing = first.Length == second.Length
            ? first.Zip(second).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First}, not {pair.Second}")
            : ["layer patterns"];
        return Printable.Text(string.Join("; ", differing));
    }

    private Violation OfPolicy(DiagnosticCode code, Severity severity, string message, double excess = 0) =>
        new() { Code = code.Id, Severity = severity, Message = message, PolicyFile = _policy.FilePath, Excess = excess };

    private static Violation OfPattern(DiagnosticCode code, Severity severity, RulePattern pattern, string? file, string message) =>
        new() { Code = code.Id, Severity = severity, Message = message, PolicyFile = file, PolicyLine = pattern.Line, PolicyColumn = pattern.Column, Excess = severity == Severity.Error ? VerdictBuilder.Beyond : 0 };
}
