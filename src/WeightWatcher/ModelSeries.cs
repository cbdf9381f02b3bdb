using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using WeightWatcher.Fitting;

namespace WeightWatcher;

/// <summary>A model whose score is known.</summary>
/// <param name="Name">As the report names it.</param>
/// <param name="Report">Its analysis; all models of a series with the same options.</param>
/// <param name="Score">How good it is: an accuracy, or a loss; finite.</param>
/// <param name="Group">What it shares with some of the others: a depth, an architecture; the empty string when nothing.</param>
public sealed record SeriesModel(string Name, ModelReport Report, double Score, string Group = "");

/// <summary>How one metric, averaged over a model's layers, goes with the score.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Points">The model, its mean of the metric, its score and its group, in the order of the series; models without the metric are left out.</param>
/// <param name="Spearman">Spearman's rho over all models, -1 to 1.</param>
/// <param name="Kendall">Kendall's tau-b over all models, -1 to 1.</param>
/// <param name="P">The probability of as strong a rho of either sign when scores are rearranged among all models.</param>
/// <param name="KendallP">The same of tau.</param>
/// <param name="Interval">The 95 % interval of rho (Fisher's transformation with variance 1.06 / (n - 3)); null below eight models, where it would say nothing.</param>
/// <param name="WithinSpearman">The mean of rho over groups of three models or more, weighted by their size less one; null without such groups.</param>
/// <param name="WithinP">The probability of as strong a mean when scores are rearranged within groups; null without such groups.</param>
/// <param name="WithinKendall">The mean of tau over the same groups, with the same weights; null without such groups.</param>
/// <param name="WithinKendallP">The probability of as strong a mean of tau when scores are rearranged within groups; null without such groups.</param>
/// <param name="Slope">The slope of the least-squares line of the score over the metric.</param>
/// <param name="Intercept">Its intercept.</param>
/// <param name="RSquared">The share of the variance of the score that the line explains, 0 to 1.</param>
public sealed record SeriesMetric(
    string Metric,
    ImmutableArray<SeriesPoint> Points,
    double Spearman,
    double Kendall,
    double P,
    double KendallP,
    (double Low, double High)? Interval,
    double? WithinSpearman,
    double? WithinP,
    double? WithinKendall,
    double? WithinKendallP,
    double Slope,
    double Intercept,
    double RSquared)
{
    /// <summary>Whether the metric goes with the score one way among all models and the other way within groups (Simpson's paradox).</summary>
    public bool IsParadox => WithinSpearman is { } within && Math.Sign(within) * Math.Sign(Spearman) < 0;
}

/// <summary>A model in a plot of the score over a metric.</summary>
public sealed record SeriesPoint(string Model, double Value, double Score, string Group);

/// <summary>A layer in a plot of alpha over rand_distance.</summary>
public sealed record SeriesLayer(string Model, string Layer, double RandDistance, double Alpha);

/// <summary>How alpha goes with rand_distance over the layers of one model: where more structure means a heavier tail, rho is negative.</summary>
/// <param name="Model">The model.</param>
/// <param name="Layers">How many of its layers have both.</param>
/// <param name="Spearman">Spearman's rho over them, -1 to 1.</param>
/// <param name="P">The probability of as strong a rho of either sign when the alphas are rearranged among the layers.</param>
public sealed record SeriesRelation(string Model, int Layers, double Spearman, double P);

/// <summary>
/// How well each metric predicts the score of models, as in the study of VGG networks by Martin, Peng and Mahoney (Nature Communications 12, 2021): correlations among all models and within
/// groups, since metrics that order models of different depth may say nothing about models of one depth.
/// </summary>
public sealed class ModelSeries
{
    private const int FewestForInterval = 8, FewestInGroup = 3;

    private static readonly ImmutableArray<string> Metrics =
        ["rand_distance", "rand_distance_effect", "alpha", "alpha_weighted", "log_alpha_norm", "log_norm", "log_spectral_norm", "stable_rank", "mp_softrank", "entropy", "D", "hill_alpha"];

    private ModelSeries(ImmutableArray<SeriesMetric> byMetric, ImmutableArray<SeriesLayer> layers, ImmutableArray<SeriesRelation> relations) =>
        (ByMetric, Layers, Relations) = (byMetric, layers, relations);

    /// <summary>The metrics that at least three models have, the strongest correlation first.</summary>
    public ImmutableArray<SeriesMetric> ByMetric { get; }

    /// <summary>Each layer's rand_distance and alpha, where it has both.</summary>
    public ImmutableArray<SeriesLayer> Layers { get; }

    /// <summary>How alpha goes with rand_distance in each model that has three layers with both, in the order of the series.</summary>
    public ImmutableArray<SeriesRelation> Relations { get; }

    /// <summary>Compares metrics with scores.</summary>
    /// <param name="models">Three models or more.</param>
    /// <exception cref="ArgumentException">There are fewer than three models, a score is not finite, or two reports were made with different options.</exception>
    public static ModelSeries Of(IReadOnlyList<SeriesModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count < FewestInGroup)
            throw new ArgumentException($"A series needs at least {FewestInGroup} models; {models.Count} were given.", nameof(models));
        if (models.FirstOrDefault(m => !double.IsFinite(m.Score)) is { } unknown)
            throw new ArgumentException($"The score of '{unknown.Name}' is not a finite number.", nameof(models));
        if (models.FirstOrDefault(m => m.Report.Options != models[0].Report.Options) is { } other)
            throw new ArgumentException($"'{other.Name}' and '{models[0].Name}' were analysed with different options.", nameof(models));

        IEnumerable<SeriesMetric> found = Metrics.Select(metric => Compare(metric, models)).OfType<SeriesMetric>();
        ImmutableArray<SeriesLayer> layers =
        [
            .. models.SelectMany(m => m.Report.Layers.Where(l => l["alpha"].IsMeasured && l["rand_distance"].IsMeasured)
                .Select(l => new SeriesLayer(m.Name, l.Name, l["rand_distance"].Value, l["alpha"].Value))),
        ];
        return new ModelSeries(
            [.. found.OrderByDescending(m => Math.Abs(m.WithinSpearman ?? m.Spearman)).ThenBy(m => m.Metric, StringComparer.Ordinal)],
            layers,
            [.. layers.GroupBy(l => l.Model, StringComparer.Ordinal).Where(g => g.Count() >= FewestInGroup).Select(Relate)]);
    }

    /// <summary>The comparison as a Markdown table with what it means.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.Append("| metric | models | rho | p | 95 % interval | tau | p of tau | rho within groups | p within | tau within groups | p within | score = |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (SeriesMetric m in ByMetric)
        {
            string interval = m.Interval is var (low, high) ? Text($"{low:F2} to {high:F2}") : "too few models";
            string within = m.WithinSpearman is { } rho ? Text($"{rho:F2}{(m.IsParadox ? " (opposite sign)" : "")} | {m.WithinP:G2} | {m.WithinKendall:F2} | {m.WithinKendallP:G2}") : " | | | ";
            text.Append(Text($"| {m.Metric} | {m.Points.Length} | {m.Spearman:F2} | {m.P:G2} | {interval} | {m.Kendall:F2} | {m.KendallP:G2} | {within} | {m.Intercept:G4} + {m.Slope:G4} x, R2 {m.RSquared:F2} |\n"));
        }

        if (ByMetric.Any(m => m.IsParadox))
            text.Append("\nOpposite sign: among all models the metric goes with the score one way, within groups the other way. Do not gate on its mean across groups.\n");
        if (!Relations.IsEmpty)
        {
            text.Append("\n| model | layers | rho of alpha with rand_distance | p |\n|---|---|---|---|\n");
            foreach (SeriesRelation r in Relations)
                text.Append(Text($"| {r.Model} | {r.Layers} | {r.Spearman:F2} | {r.P:G2} |\n"));
        }

        return text.ToString();
    }

    /// <summary>The points of every plot as comma-separated values: a line for each model and metric, then one for each layer's alpha over its rand_distance.</summary>
    public string ToCsv()
    {
        StringBuilder text = new("plot,model,group,layer,x,y\n");
        foreach (SeriesMetric m in ByMetric)
        {
            foreach (SeriesPoint p in m.Points)
                text.Append(Text($"{m.Metric},{Quoted(p.Model)},{Quoted(p.Group)},,{p.Value:R},{p.Score:R}\n"));
        }

        foreach (SeriesLayer l in Layers)
            text.Append(Text($"alpha over rand_distance,{Quoted(l.Model)},,{Quoted(l.Layer)},{l.RandDistance:R},{l.Alpha:R}\n"));
        return text.ToString();
    }

    private static string Quoted(string name) => name.AsSpan().IndexOfAny(",\"\r\n") < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static SeriesRelation Relate(IGrouping<string, SeriesLayer> layers)
    {
        // Ranks once: a model can have hundreds of layers.
        double[] x = RankCorrelation.Ranks([.. layers.Select(l => l.RandDistance)]), y = RankCorrelation.Ranks([.. layers.Select(l => l.Alpha)]);
        return new SeriesRelation(layers.Key, x.Length, RankCorrelation.Pearson(x, y), RankCorrelation.PermutationP(x, y, [[.. Enumerable.Range(0, x.Length)]], RankCorrelation.Pearson, 1).P);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static SeriesMetric? Compare(string metric, IReadOnlyList<SeriesModel> models)
    {
        List<SeriesPoint> points = [];
        foreach (SeriesModel model in models)
        {
            double[] values = [.. model.Report.Layers.Select(l => l[metric]).Where(m => m.IsMeasured).Select(m => m.Value)];
            if (values.Length > 0)
                points.Add(new SeriesPoint(model.Name, values.Average(), model.Score, model.Group));
        }

        if (points.Count < FewestInGroup)
            return null;
        double[] x = [.. points.Select(p => p.Value)], y = [.. points.Select(p => p.Score)];
        double rho = RankCorrelation.Spearman(x, y);
        int[][] all = [[.. Enumerable.Range(0, x.Length)]];
        double p = RankCorrelation.PermutationP(x, y, all, (a, b) => RankCorrelation.Spearman(a, b), 1).P;
        double kendallP = RankCorrelation.PermutationP(x, y, all, (a, b) => RankCorrelation.Kendall(a, b), 1).P;
        int[][] groups = [.. Enumerable.Range(0, x.Length).GroupBy(i => points[i].Group).Select(g => g.ToArray())];
        int[][] large = [.. groups.Where(g => g.Length >= FewestInGroup)];
        bool grouped = groups.Length > 1 && large.Length > 0;
        double? WithinOf(Correlation correlation) => grouped ? Within(x, y, large, correlation) : null;
        double? WithinPOf(Correlation correlation) => grouped ? RankCorrelation.PermutationP(x, y, groups, (a, b) => Within(a, b, large, correlation), 1).P : null;
        (double slope, double intercept, double explained) = Line(x, y);
        return new SeriesMetric(
            metric, [.. points], rho, RankCorrelation.Kendall(x, y), p, kendallP, Interval(rho, x.Length), WithinOf(RankCorrelation.Spearman), WithinPOf(RankCorrelation.Spearman),
            WithinOf(RankCorrelation.Kendall), WithinPOf(RankCorrelation.Kendall), slope, intercept, explained);
    }

    private delegate double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y);

    private static double Within(double[] x, double[] y, int[][] groups, Correlation correlation) =>
        groups.Sum(g => (g.Length - 1) * correlation([.. g.Select(i => x[i])], [.. g.Select(i => y[i])])) / groups.Sum(g => g.Length - 1);

    private static (double Low, double High)? Interval(double rho, int count)
    {
        if (count < FewestForInterval)
            return null;
        double z = Math.Atanh(Math.Clamp(rho, -1 + 1e-12, 1 - 1e-12)), half = 1.96 * Math.Sqrt(1.06 / (count - 3));
        return (Math.Tanh(z - half), Math.Tanh(z + half));
    }

    private static (double Slope, double Intercept, double RSquared) Line(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double squares = x.Sum(v => (v - meanX) * (v - meanX)), total = y.Sum(v => (v - meanY) * (v - meanY));
        double both = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        if (squares == 0)
            return (0, meanY, 0);
        double slope = both / squares;
        return (slope, meanY - (slope * meanX), total == 0 ? 1 : both * both / squares / total);
    }
}
