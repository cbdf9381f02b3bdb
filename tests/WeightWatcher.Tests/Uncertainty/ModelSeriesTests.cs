using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Uncertainty;

public class ModelSeriesTests
{
    [Fact]
    public void A_metric_that_orders_groups_and_not_their_members_is_called_a_paradox()
    {
        // Within a depth the score falls with alpha; deeper models have larger alphas and better scores.
        SeriesModel[] models =
        [
            Model("a1", 2.0, 0.60, "small"), Model("a2", 2.2, 0.58, "small"), Model("a3", 2.4, 0.56, "small"),
            Model("b1", 3.0, 0.80, "large"), Model("b2", 3.2, 0.78, "large"), Model("b3", 3.4, 0.76, "large"),
        ];
        SeriesMetric alpha = Assert.Single(ModelSeries.Of(models).ByMetric, m => m.Metric == "alpha");
        Assert.True(alpha.Spearman > 0);
        Assert.Equal(-1, alpha.WithinSpearman!.Value, 12);
        Assert.Equal(2.0 / 36, alpha.WithinP!.Value, 12);
        Assert.True(alpha.IsParadox);
        Assert.Null(alpha.Interval);
        Assert.Contains("Opposite sign", ModelSeries.Of(models).ToMarkdown());
    }

    [Fact]
    public void The_line_is_that_of_least_squares_and_eight_models_have_an_interval()
    {
        SeriesModel[] models = [.. Enumerable.Range(0, 8).Select(i => Model($"m{i}", 2 + (0.1 * i), 0.5 + (0.03 * i), ""))];
        SeriesMetric alpha = Assert.Single(ModelSeries.Of(models).ByMetric, m => m.Metric == "alpha");
        Assert.Equal(0.3, alpha.Slope, 9);
        Assert.Equal(0.5 - 0.6, alpha.Intercept, 9);
        Assert.Equal(1, alpha.RSquared, 9);
        Assert.True(alpha.Interval!.Value.Low > 0.9);
        Assert.Null(alpha.WithinSpearman);
    }

    [Fact]
    public void Too_few_models_and_scores_that_are_no_numbers_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ModelSeries.Of([Model("a", 2, 1, ""), Model("b", 3, 1, "")]));
        Assert.Throws<ArgumentException>(() => ModelSeries.Of([Model("a", 2, 1, ""), Model("b", 3, 1, ""), Model("c", 3, double.NaN, "")]));
    }

    private static SeriesModel Model(string name, double alpha, double score, string group) => new(name, Report(alpha), score, group);

    private static ModelReport Report(double alpha) => new()
    {
        Artifact = new ArtifactInfo("m", "safetensors", "", 1),
        Options = AnalysisOptions.Default,
        Layers =
        [
            new LayerReport
            {
                LayerId = 1,
                Name = "fc",
                LayerType = "dense",
                Shape = [10, 10],
                Status = "success",
                Metrics = [KeyValuePair.Create("alpha", Measurement.Of(alpha)), KeyValuePair.Create("rand_distance", Measurement.Of(0.3))],
            },
        ],
        Skipped = [],
        Summary = [],
    };
}
