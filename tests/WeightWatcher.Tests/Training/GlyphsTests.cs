using Training;

namespace WeightWatcher.Tests.Training;

public class GlyphsTests
{
    [Fact]
    public void Every_digit_is_drawn_equally_often_in_grey_values_from_0_to_1()
    {
        GlyphSet set = Glyphs.Draw(200, new SeededRandom(1, 1));
        Assert.All(set.Digits.CountBy(digit => digit), pair => Assert.Equal(20, pair.Value));
        Assert.Equal(Glyphs.DigitCount, set.Digits.Distinct().Count());
        Assert.All(set.Pixels, value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void No_two_images_are_equal_and_the_test_images_are_others_than_the_training_images()
    {
        GlyphSet train = Glyphs.Draw(100, new SeededRandom(1, 1)), test = Glyphs.Draw(100, new SeededRandom(1, 2));
        string[] images = [.. Images(train), .. Images(test)];
        Assert.Distinct(images);
    }

    [Fact]
    public void A_larger_set_begins_with_the_smaller_one()
    {
        GlyphSet small = Glyphs.Draw(20, new SeededRandom(1, 1)), large = Glyphs.Draw(30, new SeededRandom(1, 1));
        Assert.Equal(small.Pixels, large.Pixels.Take(small.Pixels.Length));
    }

    private static IEnumerable<string> Images(GlyphSet set) => Enumerable.Range(0, set.Count).Select(i => string.Join(' ', set.Image(i).ToArray()));
}
