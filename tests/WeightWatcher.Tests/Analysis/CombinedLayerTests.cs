using MathNet.Numerics.LinearAlgebra;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Products of neighbouring layers, and all layers as one matrix.</summary>
public sealed class CombinedLayerTests : IDisposable
{
    private static readonly AnalysisOptions Plain = AnalysisOptions.Default with { Randomize = Randomization.Off };
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(Semantics.Strict)]
    [InlineData(Semantics.Compatible)]
    public void Neighbours_are_multiplied_over_the_dimension_that_they_share(Semantics semantics)
    {
        float[] first = TestModel.Trained(40, 30, 1), second = TestModel.Trained(20, 40, 2), third = TestModel.Gaussian(15 * 15, 3);
        ModelReport report = _model.Analyze(Plain with { Combine = LayerCombination.Intra, Semantics = semantics }, ("a.weight", [40, 30], first), ("b.weight", [20, 40], second), ("c.weight", [15, 15], third));

        // The third layer shares no size with the second.
        LayerReport layer = Assert.Single(report.Layers);
        Matrix<double> a = Dense(40, 30, first), b = Dense(20, 40, second), product = b * a / (a.FrobeniusNorm() * b.FrobeniusNorm());
        double[] values = [.. product.Svd(false).S];
        bool compatible = semantics == Semantics.Compatible;
        Assert.Equal(compatible ? "1 X 2 " : "a X b", layer.Name);
        Assert.Equal(compatible ? 2 : 1, layer.LayerId);
        Assert.Equal(20, layer["num_evals"].Value);
        Assert.Equal(compatible ? values.Max() : values.Max() * values.Max(), layer["lambda_max"].Value, 1e-6 * values.Max());
        Assert.Equal(compatible ? values.Sum() : values.Sum(v => v * v), layer["norm"].Value, 1e-6 * values.Sum());
        Assert.False(layer["alpha_se"].IsMeasured);
    }

    [Fact]
    public void All_layers_stand_below_each_other_each_without_its_median_and_in_units_of_its_deviation()
    {
        float[] first = TestModel.Trained(30, 20, 1), second = [.. TestModel.Gaussian(25 * 12, 2).Select(x => 100 * x)];
        LayerReport layer = Assert.Single(_model.Analyze(Plain with { Combine = LayerCombination.Stacked }, ("a.weight", [30, 20], first), ("b.weight", [25, 12], second)).Layers);
        Matrix<double> stack = Matrix<double>.Build.Dense(55, 20);
        stack.SetSubMatrix(0, 0, Standardised(Dense(30, 20, first)));
        stack.SetSubMatrix(30, 0, Standardised(Dense(25, 12, second)));
        Assert.Equal("stacked", layer.LayerType);
        Assert.Equal((55.0, 20.0), (layer["N"].Value, layer["M"].Value));
        double norm = Math.Pow(stack.FrobeniusNorm(), 2), largest = Math.Pow(stack.L2Norm(), 2);
        Assert.Equal(norm, layer["norm"].Value, 1e-9 * norm);
        Assert.Equal(largest, layer["lambda_max"].Value, 1e-9 * largest);
    }

    [Fact]
    public void The_Python_tools_stack_keeps_as_many_eigenvalues_as_the_first_layer_has()
    {
        LayerReport layer = Assert.Single(_model.Analyze(
            Plain with { Combine = LayerCombination.Stacked, Semantics = Semantics.Compatible },
            ("a.weight", [30, 12], TestModel.Trained(30, 12, 1)),
            ("b.weight", [60, 40], TestModel.Trained(60, 40, 2))).Layers);
        Assert.Equal("Stacked Layer", layer.Name);
        Assert.Equal(0, layer.LayerId);
        Assert.Equal(40, layer["M"].Value);
        Assert.Equal(12, layer["matrix_rank"].Value);
    }

    [Fact]
    public void What_cannot_be_combined_is_said()
    {
        Assert.Throws<ArgumentException>(() => _model.Analyze(AnalysisOptions.Default with { Combine = LayerCombination.Stacked }, ("a.weight", [30, 12], TestModel.Trained(30, 12, 1))));
        ArtifactException nothing = Assert.Throws<ArtifactException>(() => _model.Analyze(Plain with { Combine = LayerCombination.Intra }, ("a.weight", [30, 12], TestModel.Trained(30, 12, 1))));
        Assert.Contains("shares a dimension", nothing.Message, StringComparison.Ordinal);
        PolicyException contradiction = Assert.Throws<PolicyException>(() => Policy.Parse("version: 1\nanalysis: { combine: intra }\nrules: []\n"));
        Assert.Contains("randomize: off", contradiction.Message, StringComparison.Ordinal);
    }

    private static Matrix<double> Dense(int rows, int columns, float[] values) => Matrix<double>.Build.Dense(rows, columns, (i, j) => values[(i * columns) + j]);

    private static Matrix<double> Standardised(Matrix<double> matrix)
    {
        double center = Median(matrix.Enumerate());
        Matrix<double> centred = matrix - center;
        return centred / Median(centred.Enumerate().Select(Math.Abs));
    }

    private static double Median(IEnumerable<double> values) => MathNet.Numerics.Statistics.Statistics.Median(values);
}
