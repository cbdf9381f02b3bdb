using CsCheck;
using Training;

namespace WeightWatcher.Tests.Training;

/// <summary>The training's sums and functions have the same bits on every machine because they are these.</summary>
public class PortableArithmeticTests
{
    private static readonly Gen<float[]> Vector = Gen.Float[-1e3f, 1e3f].Array[0, 70];

    [Fact]
    public void A_dot_product_is_eight_sums_of_every_eighth_product_and_then_the_rest()
    {
        Gen.Select(Vector, Vector).Sample((a, b) =>
        {
            int length = Math.Min(a.Length, b.Length), whole = length / 8 * 8;
            float[] lanes = new float[8];
            for (int i = 0; i < whole; i++)
                lanes[i % 8] += a[i] * b[i];
            float expected = 0;
            foreach (float lane in lanes)
                expected += lane;
            for (int i = whole; i < length; i++)
                expected += a[i] * b[i];
            Assert.Equal(expected, LaneArithmetic.Dot(a.AsSpan(0, length), b.AsSpan(0, length)));
        }, threads: 1);
    }

    [Fact]
    public void Adding_a_multiple_rounds_the_product_and_then_the_sum()
    {
        Gen.Select(Vector, Gen.Float[-10, 10]).Sample((x, factor) =>
        {
            float[] y = [.. x.Reverse()];
            float[] expected = new float[x.Length];
            for (int i = 0; i < x.Length; i++)
            {
                float product = factor * x[i];
                expected[i] = y[i] + product;
            }

            LaneArithmetic.AddScaled(y, factor, x);
            Assert.Equal(expected, y);
        }, threads: 1);
    }

    [Fact]
    public void The_exponential_is_right_to_a_few_units_in_the_last_place() =>
        Gen.Double[-690, 0].Sample(x => Assert.Equal(1, Softmax.Exponential(x) / Math.Exp(x), 4e-15), threads: 1);

    [Fact]
    public void The_exponential_has_its_limits()
    {
        Assert.Equal(1, Softmax.Exponential(0));
        Assert.Equal(0, Softmax.Exponential(double.NegativeInfinity));
        Assert.True(double.IsNaN(Softmax.Exponential(double.NaN)));
    }

    [Fact]
    public void The_generator_is_xoshiro256_starstar_seeded_by_splitmix64()
    {
        // Stream 0 leaves the seed as it is. Made by scripts of the two published algorithms.
        SeededRandom random = new(seed: 1, stream: 0);
        Assert.Equal(new[] { 0.7029218331588505, 0.5204366199388569, 0.5741057000197225 }, new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() });
    }

    [Fact]
    public void A_shuffle_keeps_every_item()
    {
        int[] items = [.. Enumerable.Range(0, 100)];
        new SeededRandom(3, 1).Shuffle(items);
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
