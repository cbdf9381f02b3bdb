using WeightWatcher.Reports;

namespace WeightWatcher.Tests.Reports;

public sealed class BaselineChangesTests
{
    [Theory]
    [InlineData(2.25, 2.25, 0)]
    [InlineData(2.25, 2.2500000000000004, 0)]
    [InlineData(2.25, 2.2500001, 1e-7)]
    [InlineData(0, 1e-15, 1e-15)]
    public void Rounding_is_no_difference(double before, double now, double expected) =>
        Assert.Equal(expected, new LayerChange(Layer(now), Layer(before)).Difference("alpha")!.Value, 1e-15);

    [Fact]
    public void Without_a_value_on_either_side_there_is_no_difference()
    {
        Assert.Null(new LayerChange(Layer(1), null).Difference("alpha"));
        Assert.Null(new LayerChange(Layer(1), Layer(1)).Difference("entropy"));
    }

    private static LayerReport Layer(double alpha) => Policies.Reports.Layer("fc", ("alpha", alpha));
}
