using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public sealed class VectorShapeTests
{
    [Fact]
    public void A_constant_vector_is_spread_over_all_its_entries()
    {
        VectorShape shape = VectorShape.Of([.. Enumerable.Repeat(-0.25, 16)]);
        Assert.Equal(0, shape.Entropy);
        Assert.Equal(16, shape.Localization, 12);
        Assert.Equal(2, shape.Participation, 12);
    }

    [Fact]
    public void A_unit_vector_is_carried_by_one_entry()
    {
        VectorShape shape = VectorShape.Of([0, 0, -1, 0]);
        Assert.Equal(1, shape.Localization);
        Assert.Equal(1, shape.Participation);
    }

    /// <summary>The Python tool's own test value.</summary>
    [Fact]
    public void Eight_ones_and_two_zeros_have_the_entropy_of_two_bins() =>
        Assert.Equal(0.5004, VectorShape.Of([1, 1, 1, 1, 1, 0, 0, 1, 1, 1]).Entropy, 4);
}
