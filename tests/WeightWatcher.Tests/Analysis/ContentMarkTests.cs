using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

public sealed class ContentMarkTests
{
    private static ulong Mark(float[] w, int rows, int columns)
    {
        ContentMark mark = default;
        for (int i = 0; i < rows; i++)
            mark.Add<float>(w.AsSpan(i * columns, columns), i, 0, isColumn: false, square: rows == columns);
        return mark.Value(rows == columns);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(30, 11)]
    [InlineData(1, 1)]
    public void A_matrix_and_its_negative_have_one_mark_whatever_the_signs_of_zeros(int rows, int columns)
    {
        float[] w = TestModel.Gaussian(rows * columns, 1);
        w[^1] = rows > 1 ? 0 : w[^1];
        ulong mark = Mark(w, rows, columns);
        Assert.Equal(mark, Mark([.. w.Select(x => -x)], rows, columns));
        Assert.Equal(mark, Mark([.. w.Select(x => x == 0 ? -0f : x)], rows, columns));
    }

    [Fact]
    public void A_square_matrix_and_its_transposes_have_one_mark()
    {
        const int order = 13;
        float[] w = TestModel.Gaussian(order * order, 2), turned = [.. Enumerable.Range(0, w.Length).Select(i => w[(i % order * order) + (i / order)])];
        Assert.Equal(Mark(w, order, order), Mark(turned, order, order));
        Assert.Equal(Mark(w, order, order), Mark([.. turned.Select(x => -x)], order, order));
    }

    [Fact]
    public void Columns_give_the_mark_of_rows()
    {
        const int rows = 19, columns = 6;
        float[] w = TestModel.Gaussian(rows * columns, 3);
        ContentMark mark = default;
        for (int j = 0; j < columns; j++)
            mark.Add<float>(Enumerable.Range(0, rows).Select(i => w[(i * columns) + j]).ToArray(), j, 0, isColumn: true, square: false);
        Assert.Equal(Mark(w, rows, columns), mark.Value(square: false));
    }

    /// <summary>Equal magnitudes everywhere, as after binarization, are the worst case of a mark that is linear in the signs.</summary>
    [Fact]
    public void Another_matrix_has_another_mark()
    {
        const int rows = 40, columns = 25;
        Random random = new(5);
        HashSet<ulong> marks = [];
        float[] ones = [.. Enumerable.Repeat(1f, rows * columns)];
        Assert.True(marks.Add(Mark(ones, rows, columns)));
        for (int i = 0; i < ones.Length; i++)
        {
            float[] one = [.. ones];
            one[i] = -1;
            Assert.True(marks.Add(Mark(one, rows, columns)), "The sign of a single entry counts.");
            one[i] = 0;
            Assert.True(marks.Add(Mark(one, rows, columns)), "So does a zero.");
        }

        for (int draw = 0; draw < 500; draw++)
            Assert.True(marks.Add(Mark([.. ones.Select(_ => random.Next(2) == 0 ? -1f : 1f)], rows, columns)));
    }
}
