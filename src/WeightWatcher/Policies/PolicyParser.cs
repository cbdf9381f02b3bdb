using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Baselines;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>Reads the text of a policy, finds everything that is wrong with it, and joins it with what it extends.</summary>
internal sealed class PolicyParser
{
    /// <summary>The only version of the policy language.</summary>
    public const int Version = 1;

    private readonly FaultList _faults = new();
    private readonly string? _file;
    private readonly string _name;
    private readonly string _source;

    private PolicyParser(string? file, string name, string source)
    {
        _file = file;
        _name = name;
        _source = source;
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="file">The full path of its file, or null when it is in none; relative paths in it are relative to that file.</param>
    /// <param name="name">The name of the policy.</param>
    /// <param name="source">What messages call the place of its rules; null for the name.</param>
    /// <exception cref="PolicyException">Something is wrong with it.</exception>
    public static Policy Parse(string text, string? file, string name, string? source = null)
    {
        PolicyParser parser = new(file, name, source ?? name);
        Policy? policy = parser.Read(text);
        return policy is not null && !parser._faults.Any ? policy : throw new PolicyException(file, parser._source, parser._faults.InFileOrder());
    }

    private Policy? Read(string text)
    {
        if (YamlSource.Read(text, _faults) is not { } root)
            return null;
        if (root is ScalarNode { IsNull: true })
        {
            _faults.Add(PolicyFileCodes.Empty, root, "the policy is empty; the least is 'version: 1' and 'extends: well-trained'");
            return null;
        }

        if (root is not MappingNode mapping)
        {
            _faults.Add(PolicyFileCodes.NotAMapping, root, $"a policy must be a mapping of keys to values, not {root.Kind}");
            return null;
        }

        MappingReader reader = new(mapping, "a policy", PolicyKeys.Document, _faults);
        CheckVersion(reader);
        ImmutableArray<Policy> parents = Parents(reader);
        AnalysisOptions analysis = Analysis(reader, parents.Select(parent => parent.Analysis).Aggregate(AnalysisOptions.Default, Inherit));
        MappingReader? layers = reader.Mapping("layers", "'layers'", PolicyKeys.Layers);
        ImmutableArray<RulePattern> include = Patterns(layers, "include");
        ImmutableArray<RulePattern> exclude = Patterns(layers, "exclude");
        analysis = analysis with
        {
            Include = include.IsEmpty ? analysis.Include : [.. include.Select(pattern => pattern.Glob)],
            Exclude = layers?.Has("exclude") == true ? [.. exclude.Select(pattern => pattern.Glob)] : analysis.Exclude,
        };
        ImmutableArray<PolicyRule> rules = Rules(reader, parents);
        CheckMetricsAreComputed(rules, analysis, mapping);
        MappingReader? comparison = reader.Mapping("baseline", "'baseline'", PolicyKeys.Baseline);
        MappingReader? coverage = reader.Mapping("coverage", "'coverage'", PolicyKeys.Coverage);
        if (coverage is not null && !coverage.Has("min"))
            _faults.Add(PolicyFileCodes.MissingKey, coverage.Node, "'coverage' needs 'min'");
        double? minCoverage = coverage is null ? null : RuleAmountReader.Share(coverage, "min", _faults);
        CheckJudgesSomething(reader, rules, coverage);
        return new Policy
        {
            Name = _name,
            FilePath = _file,
            Analysis = analysis,
            Rules = rules,
            BaselinePath = Baseline(comparison),
            Comparison = Comparison(comparison, parents.Select(parent => parent.Comparison).LastOrDefault() ?? new()),
            Include = include,
            Exclude = exclude,
            MinCoverage = minCoverage ?? parents.Select(parent => parent.MinCoverage).LastOrDefault(share => share is not null),
            CoverageAt = coverage is null ? null : new RulePattern("", coverage.Node.Line, coverage.Node.Column),
        };
    }

    // What a later parent leaves at its default stays as the earlier ones have it.
    private static AnalysisOptions Inherit(AnalysisOptions options, AnalysisOptions parent)
    {
        AnalysisOptions plain = AnalysisOptions.Default;
        return new AnalysisOptions
        {
            Semantics = parent.Semantics != plain.Semantics ? parent.Semantics : options.Semantics,
            Randomize = parent.Randomize != plain.Randomize ? parent.Randomize : options.Randomize,
            Seed = parent.Seed != plain.Seed ? parent.Seed : options.Seed,
            Fit = parent.Fit != plain.Fit ? parent.Fit : options.Fit,
            MinEvals = parent.MinEvals != plain.MinEvals ? parent.MinEvals : options.MinEvals,
            MaxEvals = parent.MaxEvals ?? options.MaxEvals,
            Pool = parent.Pool != plain.Pool ? parent.Pool : options.Pool,
            MpFit = parent.MpFit != plain.MpFit ? parent.MpFit : options.MpFit,
            DetX = parent.DetX != plain.DetX ? parent.DetX : options.DetX,
            BaseModelPath = parent.BaseModelPath ?? options.BaseModelPath,
            FixFingers = parent.FixFingers != plain.FixFingers ? parent.FixFingers : options.FixFingers,
            MaxFingers = parent.MaxFingers != plain.MaxFingers ? parent.MaxFingers : options.MaxFingers,
            FingerThresh = parent.FingerThresh != plain.FingerThresh ? parent.FingerThresh : options.FingerThresh,
            XMax = parent.XMax != plain.XMax ? parent.XMax : options.XMax,
            Inverse = parent.Inverse != plain.Inverse ? parent.Inverse : options.Inverse,
            Conv2DNorm = parent.Conv2DNorm != plain.Conv2DNorm ? parent.Conv2DNorm : options.Conv2DNorm,
            FoldBatchNorm = parent.FoldBatchNorm != plain.FoldBatchNorm ? parent.FoldBatchNorm : options.FoldBatchNorm,
            Vectors = parent.Vectors != plain.Vectors ? parent.Vectors : options.Vectors,
            ClausetP = parent.ClausetP != plain.ClausetP ? parent.ClausetP : options.ClausetP,
            Quantization = parent.Quantization != plain.Quantization ? parent.Quantization : options.Quantization,
            Combine = parent.Combine != plain.Combine ? parent.Combine : options.Combine,
            Include = options.Include,
            Exclude = options.Exclude,
        };
    }

    private void CheckVersion(MappingReader reader)
    {
        if (!reader.Has("version"))
            _faults.Add(PolicyFileCodes.MissingVersion, reader.Node, "the policy has no 'version'; write 'version: 1'");
        else if (reader.Value("version") is not ScalarNode { Plain: true } version || !YamlScalar.TryNumber(version.Value, out double number))
            _faults.Add(PolicyFileCodes.WrongType, reader.At("version"), $"'version' must be the number 1, not {reader.At("version").Kind}");
        else if (number != Version || !YamlScalar.IsInteger(version.Value))
            _faults.Add(PolicyFileCodes.UnsupportedVersion, version, $"version {Printable.Text(version.Value)} of the policy language is not known to this release, which reads version 1");
    }

    private ImmutableArray<Policy> Parents(MappingReader reader)
    {
        ImmutableArray<ScalarNode> names = reader.Texts("extends", "well-trained");
        if (reader.Value("extends") is SequenceNode { Items.Length: 0 } nothing)
            _faults.Add(PolicyFileCodes.OutOfRange, nothing, "'extends' is empty; write 'extends: none'");
        bool isList = reader.Value("extends") is SequenceNode;
        ImmutableArray<Policy>.Builder parents = ImmutableArray.CreateBuilder<Policy>();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ScalarNode name in names)
        {
            if (name.Value == PolicyKeys.None && !isList)
                continue;
            if (!seen.Add(name.Value))
                _faults.Add(PolicyFileCodes.OutOfRange, name, $"'{Printable.Text(name.Value)}' is extended twice");
            else if (BuiltInPolicies.Find(name.Value) is { } parent)
                parents.Add(BroughtBy(name, parent));
            else
                _faults.Add(PolicyFileCodes.UnknownBuiltIn, name, $"'{Printable.Text(name.Value)}' is no built-in policy{DidYouMean.Suffix(name.Value, BuiltInPolicies.Names)}; they are {string.Join(", ", BuiltInPolicies.Names)}, or none alone");
        }

        return parents.ToImmutable();
    }

    // What is wrong by an inherited rule is shown where the policy asked for it.
    private Policy BroughtBy(ScalarNode name, Policy parent) => _file is null ? parent : new Policy
    {
        Analysis = parent.Analysis,
        Rules = [.. parent.Rules.Select(rule => rule with { File = _file, Line = name.Line, Column = name.Column })],
        MinCoverage = parent.MinCoverage,
    };

    private AnalysisOptions Analysis(MappingReader reader, AnalysisOptions inherited)
    {
        if (reader.Mapping("analysis", "'analysis'", PolicyKeys.Analysis) is not { } analysis)
            return inherited;
        AnalysisOptions options = inherited with
        {
            Semantics = analysis.Word("semantics", PolicyKeys.SemanticsWords) ?? inherited.Semantics,
            Randomize = analysis.Word("randomize", PolicyKeys.RandomizeWords) ?? inherited.Randomize,
            Seed = analysis.Integer("seed", 0, ulong.MaxValue) ?? inherited.Seed,
            Fit = analysis.Word("fit", PolicyKeys.FitWords) ?? inherited.Fit,
            MinEvals = (int)(analysis.Integer("min_evals", 1, int.MaxValue) ?? (ulong)inherited.MinEvals),
            MaxEvals = analysis.Integer("max_evals", 1, int.MaxValue) is { } max ? (int)max : inherited.MaxEvals,
            Pool = analysis.Bool("pool") ?? inherited.Pool,
            MpFit = analysis.Bool("mp_fit") ?? inherited.MpFit,
            DetX = analysis.Bool("detX") ?? inherited.DetX,
            BaseModelPath = Located(analysis, "base_model") ?? inherited.BaseModelPath,
            FixFingers = analysis.Word("fix_fingers", PolicyKeys.FixFingersWords) ?? inherited.FixFingers,
            MaxFingers = (int)(analysis.Integer("max_fingers", 2, 1000) ?? (ulong)inherited.MaxFingers),
            FingerThresh = FingerThresh(analysis) ?? inherited.FingerThresh,
            XMax = (int)(analysis.Integer("xmax", 0, 1000) ?? (ulong)inherited.XMax),
            Inverse = analysis.Bool("inverse") ?? inherited.Inverse,
            Conv2DNorm = analysis.Bool("conv2d_norm") ?? inherited.Conv2DNorm,
            FoldBatchNorm = analysis.Bool("fold_batchnorm") ?? inherited.FoldBatchNorm,
            Vectors = analysis.Bool("vectors") ?? inherited.Vectors,
            ClausetP = analysis.Bool("clauset_p") ?? inherited.ClausetP,
            Quantization = analysis.Bool("quantization") ?? inherited.Quantization,
            Combine = analysis.Word("combine", PolicyKeys.CombineWords) ?? inherited.Combine,
        };
        if (options.Combine != LayerCombination.None && options.Randomize != Randomization.Off)
            _faults.Add(PolicyFileCodes.ContradictingKeys, analysis.At("combine"), "combined layers have no randomized counterparts; write 'randomize: off' as well");
        if (options.FixFingers == FingerFix.ClipXMax && options.XMax > 0)
            _faults.Add(PolicyFileCodes.OutOfRange, analysis.At("xmax"), "'fix_fingers: clip_xmax' chooses itself how many eigenvalues are left out; leave 'xmax' away");
        if (options.MinEvals > options.MaxEvals)
            _faults.Add(PolicyFileCodes.EmptyRange, analysis.At("max_evals"), "min_evals is above max_evals: no layer could be analysed");
        return options;
    }

    private double? FingerThresh(MappingReader analysis)
    {
        double? threshold = analysis.Number("finger_thresh");
        if (threshold is not < 0)
            return threshold;
        _faults.Add(PolicyFileCodes.OutOfRange, analysis.At("finger_thresh"), "'finger_thresh' must be 0 or more");
        return null;
    }

    private ImmutableArray<RulePattern> Patterns(MappingReader? layers, string key)
    {
        if (key == "include" && layers?.Value(key) is SequenceNode { Items.Length: 0 } none)
            _faults.Add(PolicyFileCodes.OutOfRange, none, "'include' is empty: no layer could be analysed; leave it out for all layers");
        return layers is null ? [] : [.. layers.Texts(key, "[\"encoder.*\"]").Select(glob => new RulePattern(glob.Value, glob.Line, glob.Column))];
    }

    private ImmutableArray<PolicyRule> Rules(MappingReader reader, ImmutableArray<Policy> parents)
    {
        List<PolicyRule> rules = [];
        foreach (PolicyRule inherited in parents.SelectMany(parent => parent.Rules))
            Place(rules, inherited);
        int inheritedCount = rules.Count;
        if (reader.Value("rules") is not { } node)
            return [.. rules];
        if (node is not SequenceNode list)
        {
            _faults.Add(PolicyFileCodes.WrongType, node, $"'rules' must be a list, not {node.Kind}");
            return [.. rules];
        }

        RuleParser parser = new(_file, _source, _faults);
        Dictionary<string, PolicyNode> seen = new(StringComparer.Ordinal);
        foreach (PolicyNode item in list.Items)
        {
            if (parser.Parse(item) is not { } parsed)
                continue;
            if (!seen.TryAdd(parsed.Rule.Id, parsed.IdAt))
                _faults.Add(PolicyFileCodes.DuplicateRule, parsed.IdAt, System.FormattableString.Invariant($"the id '{Printable.Text(parsed.Rule.Id)}' is used twice; first in line {seen[parsed.Rule.Id].Line}"));
            else if (parsed.SwitchedOff)
                SwitchOff(rules, inheritedCount, parsed);
            else
                Place(rules, parsed.Rule);
        }

        return [.. rules];
    }

    // A rule replaces the inherited one of its id in that one's place, so that the order of a policy does not depend on what is replaced.
    private static void Place(List<PolicyRule> rules, PolicyRule rule)
    {
        int index = rules.FindIndex(known => known.Id == rule.Id);
        if (index < 0)
            rules.Add(rule);
        else
            rules[index] = rule;
    }

    private void SwitchOff(List<PolicyRule> rules, int inheritedCount, ParsedRule off)
    {
        int index = rules.FindIndex(known => known.Id == off.Rule.Id);
        if (index >= 0)
            rules[index] = rules[index] with { Severity = Severity.Off };
        else
            _faults.Add(PolicyFileCodes.MissingKey, off.IdAt, $"there is no inherited rule '{Printable.Text(off.Rule.Id)}' to switch off{DidYouMean.Suffix(off.Rule.Id, rules.Take(inheritedCount).Select(rule => rule.Id))}");
    }

    private void CheckMetricsAreComputed(ImmutableArray<PolicyRule> rules, AnalysisOptions analysis, MappingNode root)
    {
        foreach (PolicyRule rule in rules.Where(rule => rule.Severity != Severity.Off))
        {
            foreach (string metric in rule.When.Select(condition => condition.Metric).Prepend(rule.Metric).Distinct())
            {
                if (MetricNeeds.Missing(metric, analysis) is not { } need)
                    continue;
                bool own = rule.Source == _source;
                string where = own ? "" : $" of {rule.Source}";
                _faults.Add(PolicyFileCodes.MetricNotComputed, own ? rule.Line : root.Line, own ? rule.Column : root.Column, $"the rule '{Printable.Text(rule.Id)}'{where} uses '{metric}', which needs {need} in 'analysis'; change that, or give the rule 'severity: off'");
            }
        }
    }

    private void CheckJudgesSomething(MappingReader reader, ImmutableArray<PolicyRule> rules, MappingReader? coverage)
    {
        bool saysSo = reader.Value("extends") is ScalarNode { Value: PolicyKeys.None } && reader.Value("rules") is SequenceNode { Items.Length: 0 };
        if (!saysSo && coverage is null && !_faults.Any && rules.All(rule => rule.Severity == Severity.Off))
            _faults.Add(PolicyFileCodes.JudgesNothing, reader.Node, "the policy has no rules that are on, so it would pass every model; write 'extends: well-trained', or 'extends: none' and 'rules: []' when that is meant");
    }

    private BaselineComparison Comparison(MappingReader? baseline, BaselineComparison inherited)
    {
        if (baseline is null)
            return inherited;
        return new BaselineComparison
        {
            Added = baseline.Word("added", PolicyKeys.SeverityWords) ?? inherited.Added,
            Removed = baseline.Word("removed", PolicyKeys.SeverityWords) ?? inherited.Removed,
            Renamed = baseline.Word("renamed", PolicyKeys.SeverityWords) ?? inherited.Renamed,
            Reshaped = baseline.Word("reshaped", PolicyKeys.SeverityWords) ?? inherited.Reshaped,
            Inconclusive = baseline.Word("inconclusive", PolicyKeys.SeverityWords) ?? inherited.Inconclusive,
            StandardErrors = RuleAmountReader.StandardErrors(baseline, _faults) ?? inherited.StandardErrors,
            At = new RulePattern("", baseline.Node.Line, baseline.Node.Column),
        };
    }

    private string? Baseline(MappingReader? baseline)
    {
        if (baseline is null)
            return null;
        if (baseline.Node.Entries.IsEmpty)
            _faults.Add(PolicyFileCodes.MissingKey, baseline.Node, "'baseline' is empty; it has 'path' and how layers are compared");
        if (baseline.Value("path") is not ScalarNode { IsText: true } path || !GitBaselinePath.IsOne(path.Value))
            return Located(baseline, "path");
        if (GitBaselinePath.TryParse(path.Value) is null)
            _faults.Add(PolicyFileCodes.OutOfRange, path, GitBaselinePath.Expected);
        return path.Value;
    }

    /// <summary>A path that the policy names, taken from the policy's own folder.</summary>
    private string? Located(MappingReader mapping, string key)
    {
        if (mapping.Text(key) is not { } path)
            return null;
        if (path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal))
            return Path.GetDirectoryName(_file) is { Length: > 0 } folder ? Path.GetFullPath(path, folder) : path;
        _faults.Add(PolicyFileCodes.OutOfRange, mapping.At(key), $"'{key}' is no path");
        return null;
    }
}
