using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

public sealed class LineSumsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 9)]
    [InlineData(5, 3)]
    [InlineData(16, 16)]
    [InlineData(37, 50)]
    [InlineData(100, 64)]
    public void Sums_are_those_of_the_lines_and_of_what_lies_across_them(int lines, int length)
    {
        float[] w = TestModel.Gaussian(lines * length, 3);
        LineSums sums = Of(w, lines, length);
        for (int i = 0; i < lines; i++)
        {
            ReadOnlySpan<float> line = w.AsSpan(i * length, length);
            Assert.Equal(line.ToArray().Sum(x => (double)x), sums.Along[i], 1e-12 * length);
            Assert.Equal(line.ToArray().Sum(x => (double)x * x), sums.AlongSquares[i], 1e-12 * length);
        }

        for (int j = 0; j < length; j++)
        {
            Assert.Equal(Enumerable.Range(0, lines).Sum(i => (double)w[(i * length) + j]), sums.Across[j], 1e-12 * lines);
            Assert.Equal(Enumerable.Range(0, lines).Sum(i => (double)w[(i * length) + j] * w[(i * length) + j]), sums.AcrossSquares[j], 1e-12 * lines);
        }
    }

    [Theory]
    [InlineData(23, 41)]
    [InlineData(3, 100)]
    [InlineData(64, 64)]
    public void Columns_taken_for_lines_give_the_same_bits(int lines, int length)
    {
        float[] w = TestModel.Gaussian(lines * length, 4), turned = new float[w.Length];
        for (int i = 0; i < lines; i++)
        {
            for (int j = 0; j < length; j++)
                turned[(j * lines) + i] = w[(i * length) + j];
        }

        LineSums sums = Of(w, lines, length), others = Of(turned, length, lines);
        Assert.Equal(sums.Along[..lines], others.Across[..lines]);
        Assert.Equal(sums.AlongSquares[..lines], others.AcrossSquares[..lines]);
        Assert.Equal(sums.Across[..length], others.Along[..length]);
        Assert.Equal(sums.AcrossSquares[..length], others.AlongSquares[..length]);
    }

    private static LineSums Of(float[] w, int lines, int length)
    {
        LineSums sums = new(lines, length);
        float[] Line(int index)
        {
            float[] line = new float[LineSums.Padded(length)];
            if (index < lines)
                w.AsSpan(index * length, length).CopyTo(line);
            return line;
        }

        for (int group = 0; group < lines; group += LineSums.Together)
        {
            for (int line = group; line < group + LineSums.Parts; line++)
                sums.Add<float>(line, Line(line), Line(line + LineSums.Parts), Line(line + (2 * LineSums.Parts)), Line(line + (3 * LineSums.Parts)));
        }

        sums.Complete();
        return sums;
    }
}
