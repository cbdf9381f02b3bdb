using System.Globalization;
using System.Text;
using WeightWatcher.Policies;

namespace WeightWatcher;

/// <summary>
/// Writes a starting policy from good models: limits that all of them keep, with margins from how much they differ among each other and from the metrics' own errors.
/// </summary>
/// <remarks>
/// A lower limit lies three standard deviations of the models' values below the smallest of them, or a fifth of it where there are fewer than three models or they agree more closely: two
/// models say nothing of how much a third may differ. Rules of <c>well-trained</c> that one of the good models breaks are switched off. It is a start: limits that reject a good model
/// later want widening.
/// </remarks>
public static class PolicyCalibration
{
    private const double Deviations = 3, SmallestShare = 0.2;
    private const int FewestForSpread = 3;

    /// <summary>Writes the policy.</summary>
    /// <param name="models">Reports of good models, one or more, all made with the same options.</param>
    /// <returns>YAML that <see cref="Policy.Load"/> reads; it extends <c>well-trained</c>.</returns>
    /// <exception cref="ArgumentException">
    /// There is no model, a layer holds weights that are not finite or all zero, or two models were analysed with different options.
    /// </exception>
    public static string Write(IReadOnlyList<ModelReport> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
            throw new ArgumentException("A policy is calibrated from one good model or more; none was given.", nameof(models));
        if (models.FirstOrDefault(m => m.Options != models[0].Options) is { } other)
            throw new ArgumentException($"'{other.Artifact.Path}' and '{models[0].Artifact.Path}' were analysed with different options.", nameof(models));
        foreach (ModelReport model in models)
        {
            if (model.Layers.FirstOrDefault(l => l.Fault != LayerFault.None) is { } faulty)
                throw new ArgumentException($"'{model.Artifact.Path}' is no good model: in layer '{faulty.Name}' {faulty.FaultDetail}.", nameof(models));
        }

        // What the good models break of the built-in policy would reject them, so the policy says that it does not ask for it.
        string draft = Compose(models, []);
        Policy policy = Policy.Parse(draft).WithAnalysis(models[0].Options);
        string[] broken = [.. models.SelectMany(m => policy.Judge(m).Violations).Where(v => v.Severity == Severity.Error).Select(v => v.Rule).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return broken.Length == 0 ? draft : Compose(models, broken);
    }

    private static string Compose(IReadOnlyList<ModelReport> models, string[] switchedOff)
    {
        StringBuilder yaml = new();
        string count = models.Count == 1 ? "one good model" : Text($"{models.Count} good models");
        yaml.Append(Text($"# Calibrated from {count}. A start: widen a limit that rejects a model you trust.\nversion: 1\nextends: well-trained\nrules:\n"));
        bool any = Aggregate(yaml, models, "calibrated-structure", "rand_distance_effect", RuleAggregate.Mean)
            | Aggregate(yaml, models, "calibrated-distance", "rand_distance", RuleAggregate.Median)
            | Alphas(yaml, models)
            | Smallest(yaml, models, "calibrated-stable-rank", "stable_rank");
        foreach (string id in switchedOff)
            yaml.Append(Text($"  # A good model breaks this rule of well-trained.\n  - id: {id}\n    severity: off\n"));
        if (!any && switchedOff.Length == 0)
            yaml.Replace("rules:\n", "");
        double[] coverage = [.. models.Select(m => m.Summary.FirstOrDefault(s => s.Key == "coverage").Value).Where(m => m.IsMeasured).Select(m => m.Value)];
        if (coverage.Length > 0)
            yaml.Append(Text($"coverage:\n  min: {Math.Floor(100 * coverage.Min())}%\n"));
        return yaml.ToString();
    }

    private static bool Aggregate(StringBuilder yaml, IReadOnlyList<ModelReport> models, string id, string metric, RuleAggregate aggregate)
    {
        double[] values = [.. models.Select(m => Values(m, metric)).Where(v => v.Length > 0).Select(v => Aggregates.Of(aggregate, v))];
        if (values.Length < models.Count || values.Min() <= 0)
            return false;
        double margin = Margin(values);
        yaml.Append(Text($"  # {Range(values)} in the good models, margin {margin:G2}\n"));
        yaml.Append(Text($"  - id: {id}\n    metric: {metric}\n    per: model\n    aggregate: {Aggregates.Name(aggregate)}\n    min: {Down(values.Min() - margin)}\n"));
        return true;
    }

    private static bool Alphas(StringBuilder yaml, IReadOnlyList<ModelReport> models)
    {
        LayerReport[] layers = [.. models.SelectMany(m => m.Layers).Where(l => l["alpha"].IsMeasured && l["num_evals"].Value >= 50 && l["num_pl_spikes"].Value >= 15)];
        if (layers.Length == 0)
            return false;
        double[] alphas = [.. layers.Select(l => l["alpha"].Value)], errors = [.. layers.Select(l => StandardErrors.Of(l, "alpha") ?? 0)];
        double margin = Deviations * Aggregates.Of(RuleAggregate.Median, errors);
        yaml.Append(Text($"  # {Range(alphas)} over {layers.Length} layers of the good models, margin {margin:G2} from their standard errors\n"));
        yaml.Append("  - id: calibrated-alpha\n    metric: alpha\n    when: { num_evals: \">= 50\", num_pl_spikes: \">= 15\" }\n");
        yaml.Append(Text($"    min: {Math.Max(1, Down(alphas.Min() - margin))}\n    max: {Up(alphas.Max() + margin)}\n    severity: warning\n    when_not_applicable: ignore\n"));
        return true;
    }

    private static bool Smallest(StringBuilder yaml, IReadOnlyList<ModelReport> models, string id, string metric)
    {
        double[] values = [.. models.SelectMany(m => m.Layers).Where(l => l["M"].Value >= 2).Select(l => l[metric]).Where(m => m.IsMeasured).Select(m => m.Value)];
        if (values.Length == 0)
            return false;
        // The smallest of many layers, so that a share of its distance from 1, which is the least there is, is a margin for a layer as well.
        double limit = 1 + ((values.Min() - 1) / 2);
        yaml.Append(Text($"  # {Range(values)} over {values.Length} layers of the good models\n"));
        yaml.Append(Text($"  - id: {id}\n    metric: {metric}\n    when: {{ M: \">= 2\" }}\n    min: {Down(limit)}\n    when_not_applicable: ignore\n"));
        return true;
    }

    private static double Margin(double[] values)
    {
        double least = SmallestShare * values.Min();
        if (values.Length < FewestForSpread)
            return least;
        double mean = values.Average();
        return Math.Max(least, Deviations * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)));
    }

    private static double[] Values(ModelReport model, string metric) => [.. model.Layers.Select(l => l[metric]).Where(m => m.IsMeasured).Select(m => m.Value)];

    // Three digits, rounded away from the good models.
    private static double Down(double value) => Rounded(value, Math.Floor);

    private static double Up(double value) => Rounded(value, Math.Ceiling);

    private static double Rounded(double value, Func<double, double> round)
    {
        if (value == 0)
            return 0;
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 2);
        return Math.Round(round(value / unit) * unit, 12);
    }

    private static string Range(double[] values) => values.Length == 1 ? Text($"{values[0]:G3}") : Text($"{values.Min():G3} to {values.Max():G3}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
