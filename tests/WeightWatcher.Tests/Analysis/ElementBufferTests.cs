using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

public sealed class ElementBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_003)]
    public void It_holds_as_many_elements_as_asked_for(int length)
    {
        using ElementBuffer<float> buffer = new(length);
        Assert.Equal(length, buffer.Span.Length);
        for (int i = 0; i < length; i++)
            buffer.Span[i] = i;
        for (int i = 0; i < length; i++)
            Assert.Equal(i, buffer[i]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer[length]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer[-1]);
    }

    [Fact]
    public void Nobody_gets_at_memory_that_was_given_back()
    {
        ElementBuffer<double> buffer = new(1 << 20);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer[0]);
    }
}
