using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Elements in order of value, and their permutations.</summary>
public sealed class ValueOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Lengths on both sides of every change of method: comparisons, short digits, long digits, in place.</summary>
    public static TheoryData<int> Lengths { get; } = [0, 1, 2, 128, 129, 1000, (1 << 15) - 1, 1 << 15, 200_000, (RadixSort.LongestBuffer / sizeof(float)) + 12_345];

    [Theory, MemberData(nameof(Lengths))]
    public void Single_precision_is_in_the_order_of_the_framework(int length)
    {
        Random random = new(length);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))))];
        float[] expected = [.. values];
        Array.Sort(expected);
        Permutation.Sort<float>(values, Token);
        Assert.Equal(expected, values);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(100_000)]
    [InlineData((RadixSort.LongestBuffer / sizeof(double)) + 777)]
    public void Double_precision_is_in_the_order_of_the_framework(int length)
    {
        Random random = new(length);
        double[] values = [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-200, 200)))];
        double[] expected = [.. values];
        Array.Sort(expected);
        Permutation.Sort<double>(values, Token);
        Assert.Equal(expected, values);
    }

    [Fact]
    public void Negative_zero_comes_before_zero_and_all_extremes_have_their_place()
    {
        float[] values = [0f, float.MaxValue, -0f, float.Epsilon, -float.Epsilon, float.MinValue, 0f, -0f];
        Permutation.Sort<float>(values, Token);
        Assert.Equal([float.MinValue, -float.Epsilon, -0f, -0f, 0f, 0f, float.Epsilon, float.MaxValue], values);
        Assert.Equal([true, true, true, true, false, false, false, false], values.Select(float.IsNegative));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void A_permutation_keeps_every_element_and_is_that_of_its_seed(int length)
    {
        int[] elements = [.. Enumerable.Range(0, length)], plain = [.. elements];
        RandomSource first = new(7, RandomPurpose.Permutation, length, 1, 0, 0), second = first;
        Permutation.Shuffle<int>(elements, ref first, Token);

        // Durstenfeld's loop as it is written in books.
        for (int i = length - 1; i > 0; i--)
        {
            int j = (int)second.NextBelow((uint)i + 1);
            (plain[i], plain[j]) = (plain[j], plain[i]);
        }

        Assert.Equal(plain, elements);
        Assert.Equal(second.NextBits(), first.NextBits());
        Assert.Equal(Enumerable.Range(0, length), elements.Order());
    }

    [Fact]
    public void A_long_permutation_keeps_every_element_brings_each_anywhere_and_is_that_of_its_seed()
    {
        int length = (Permutation.SmallestDealt / sizeof(int)) + 12_345;
        int[] elements = [.. Enumerable.Range(0, length)], again = [.. elements];
        RandomSource first = new(7, RandomPurpose.Permutation, length, 1, 0, 0), second = first;
        Permutation.Shuffle<int>(elements, ref first, Token);
        Permutation.Shuffle<int>(again, ref second, Token);
        Assert.Equal(again, elements);
        Assert.Equal(second.NextBits(), first.NextBits());

        // From each of 64 ranges to each of 64 ranges: chi-square of 63 x 63 degrees of freedom, 3969 with a standard deviation of 89.
        const int Ranges = 64;
        int[] counts = new int[Ranges * Ranges];
        long stayed = 0, followed = 0;
        for (int i = 0; i < length; i++)
        {
            counts[((int)((long)i * Ranges / length) * Ranges) + (int)((long)elements[i] * Ranges / length)]++;
            stayed += elements[i] == i ? 1 : 0;
            followed += i > 0 && elements[i] == elements[i - 1] + 1 ? 1 : 0;
        }

        double expected = length / (double)(Ranges * Ranges), chi = counts.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.InRange(chi, 3969 - (5 * 89), 3969 + (5 * 89));

        // Of fixed points and of neighbours that stay neighbours there is one each on average, as many as a Poisson number of mean 1.
        Assert.InRange(stayed, 0, 9);
        Assert.InRange(followed, 0, 9);
        Array.Sort(elements);
        Assert.Equal(Enumerable.Range(0, length), elements);
    }

    [Fact]
    public void Long_arrays_of_few_values_and_of_ordered_ones_are_sorted_too()
    {
        int length = (RadixSort.LongestBuffer / sizeof(float) * 3) + 5;
        foreach (Func<int, float> value in (Func<int, float>[])[i => i % 3 - 1, _ => 0.25f, i => i, i => -i, i => i % 2 == 0 ? 1 : float.BitIncrement(1)])
        {
            float[] values = [.. Enumerable.Range(0, length).Select(value)], expected = [.. values];
            Array.Sort(expected);
            Permutation.Sort<float>(values, Token);
            Assert.True(expected.AsSpan().SequenceEqual(values));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void The_first_entry_that_is_no_number_is_found_wherever_it_is(float bad)
    {
        for (int length = 1; length < 40; length++)
        {
            float[] entries = [.. Enumerable.Repeat(float.MaxValue, length)];
            Assert.Null(NonFiniteEntries.First<float, uint>(entries, Token));
            double[] doubles = [.. entries.Select(_ => double.MaxValue)];
            for (int at = length - 1; at >= 0; at--)
            {
                entries[at] = bad;
                doubles[at] = bad;
                Assert.Equal(at, NonFiniteEntries.First<float, uint>(entries, Token));
                Assert.Equal(at, NonFiniteEntries.First<double, ulong>(doubles, Token));
            }
        }
    }
}
