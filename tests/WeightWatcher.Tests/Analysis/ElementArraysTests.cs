using System.Runtime.CompilerServices;
using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Arrays between one layer and the next.</summary>
public sealed class ElementArraysTests
{
    private readonly ElementArrays _arrays = new();

    [Fact]
    public void An_array_that_was_given_back_is_taken_again_for_the_same_length_and_type()
    {
        float[] first = _arrays.Take<float>(1000);
        _arrays.Return(first, 4000);
        Assert.IsType<double[]>(_arrays.Take<double>(1000));
        Assert.NotSame(first, _arrays.Take<float>(1001));
        Assert.Same(first, _arrays.Take<float>(1000));
    }

    [Fact]
    public void A_longer_one_is_given_up_and_a_shorter_one_is_kept()
    {
        float[] longer = _arrays.Take<float>(2000), shorter = _arrays.Take<float>(500);
        _arrays.Return(longer, 8000);
        _arrays.Return(shorter, 2000);
        float[] other = _arrays.Take<float>(1000);
        Assert.Equal(1000, other.Length);
        Assert.NotSame(longer, _arrays.Take<float>(2000));
        Assert.Same(shorter, _arrays.Take<float>(500));
    }

    [Fact]
    public void Two_that_are_out_are_two()
    {
        float[] one = _arrays.Take<float>(100), two = _arrays.Take<float>(100);
        Assert.NotSame(one, two);
        _arrays.Return(one, 400);
        Assert.Same(one, _arrays.Take<float>(100));
        Assert.NotSame(one, _arrays.Take<float>(100));
    }

    [Fact]
    public void Large_ones_of_many_lengths_do_not_pile_up()
    {
        // 5 to 8 MB each, half a gigabyte in all: what is garbage is collected before it is 48 MB, and 24 MB are kept.
        List<WeakReference> all = [];
        for (int i = 0; i < 80; i++)
            all.Add(Use((2 << 20) - (i * 10_000)));
        Assert.InRange(all.Count(array => array.IsAlive), 1, 20);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Use(int length)
    {
        float[] array = _arrays.Take<float>(length);
        _arrays.Return(array, 4L * length);
        return new WeakReference(array);
    }
}
