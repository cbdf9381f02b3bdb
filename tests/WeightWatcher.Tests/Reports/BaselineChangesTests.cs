using WeightWatcher.Reports;

namespace WeightWatcher.Tests.Reports;

public sealed class BaselineChangesTests
{
    [Theory]
    [InlineData(2.25, 2.25, true)]
    [InlineData(2.25, 2.2500000000000004, true)]
    [InlineData(2.25, 2.2500000001, false)]
    [InlineData(0, 1e-15, false)]
    public void Rounding_is_no_difference(double before, double now, bool isRounding) =>
        Assert.Equal(isRounding ? 0 : now - before, new LayerChange(Layer(now), Layer(before)).Difference("alpha"));

    [Fact]
    public void Without_a_value_on_either_side_there_is_no_difference()
    {
        Assert.Null(new LayerChange(Layer(1), null).Difference("alpha"));
        Assert.Null(new LayerChange(Layer(1), Layer(1)).Difference("entropy"));
    }

    private static LayerReport Layer(double alpha) => Policies.Reports.Layer("fc", ("alpha", alpha));
}
