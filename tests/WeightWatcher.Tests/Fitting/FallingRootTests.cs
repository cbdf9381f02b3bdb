using CsCheck;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class FallingRootTests
{
    [Fact]
    public void The_root_of_a_falling_function_is_found()
        => Gen.Select(Gen.Double[-5, 5], Gen.Double[0.1, 20]).Sample((root, steepness) =>
            Assert.Equal(root, FallingRoot.Find(x => -Math.Sinh(steepness * (x - root)), -6, 7, 1e-12), 1e-11));

    [Fact]
    public void Without_a_change_of_sign_the_nearer_end_is_returned()
    {
        Assert.Equal(2, FallingRoot.Find(x => -x, 2, 3, 1e-12));
        Assert.Equal(3, FallingRoot.Find(x => 10 - x, 2, 3, 1e-12));
    }

    [Fact]
    public void An_infinite_value_at_the_lower_end_is_no_obstacle()
        => Assert.Equal(0.5, FallingRoot.Find(x => (1 / x) - 2, 0, 1, 1e-12), 1e-11);
}
