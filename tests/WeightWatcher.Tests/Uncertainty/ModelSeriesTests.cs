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
        Assert.Equal(-1, alpha.WithinKendall!.Value, 12);
        Assert.Equal(2.0 / 36, alpha.WithinKendallP!.Value, 12);
        Assert.InRange(alpha.KendallP, alpha.P / 4, 1);
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
    public void Points_of_plots_are_written_and_alpha_is_related_to_rand_distance_layer_by_layer()
    {
        ModelReport report = Report(2);
        LayerReport layer = report.Layers[0];
        // Of four layers alpha falls as the distance grows: rho is -1, as strong as 2 of 24 arrangements.
        ModelReport related = report with
        {
            Layers =
            [
                .. Enumerable.Range(0, 4).Select(i => layer with
                {
                    Name = $"fc,{i}",
                    Metrics = [KeyValuePair.Create("alpha", Measurement.Of(4.0 - i)), KeyValuePair.Create("rand_distance", Measurement.Of(0.1 * (i + 1)))],
                }),
            ],
        };
        ModelSeries series = ModelSeries.Of([new("a", related, 1), Model("b", 3, 2, ""), Model("c", 4, 3, "")]);
        SeriesRelation relation = Assert.Single(series.Relations);
        Assert.Equal(("a", 4), (relation.Model, relation.Layers));
        Assert.Equal(-1, relation.Spearman, 12);
        Assert.Equal(2.0 / 24, relation.P, 12);
        string[] lines = series.ToCsv().TrimEnd('\n').Split('\n');
        Assert.Equal("plot,model,group,layer,x,y", lines[0]);
        Assert.Contains("alpha,b,,,3,2", lines);
        Assert.Contains("alpha over rand_distance,a,,\"fc,1\",0.2,3", lines);
        Assert.Contains("| a | 4 | -1.00 | 0.083 |", series.ToMarkdown());
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
