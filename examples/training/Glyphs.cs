namespace Training;

/// <summary>Images of 16 x 16 grey values with the digit each shows. <c>Pixels</c> holds one image after the other, row by row.</summary>
internal sealed record GlyphSet(float[] Pixels, int[] Digits)
{
    public int Count => Digits.Length;

    public ReadOnlySpan<float> Image(int index) => Pixels.AsSpan(index * Glyphs.PixelCount, Glyphs.PixelCount);
}

/// <summary>
/// Draws digits from a font of 5 x 7 dots, each moved, turned, sheared, stretched, smeared and made noisy at random, so that no two images are
/// equal and a network has something to learn that a template does not give it.
/// </summary>
internal static class Glyphs
{
    public const int Side = 16;
    public const int PixelCount = Side * Side;
    public const int DigitCount = 10;

    private const int FontWidth = 5;
    private const int FontHeight = 7;

    private static readonly string[] Font =
    [
        ".###. #...# #..## #.#.# ##..# #...# .###.",
        "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
        ".###. #...# ....# ..##. .#... #.... #####",
        "####. ....# ....# .###. ....# ....# ####.",
        "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
        "##### #.... ####. ....# ....# #...# .###.",
        "..##. .#... #.... ####. #...# #...# .###.",
        "##### ....# ...#. ..#.. .#... .#... .#...",
        ".###. #...# #...# .###. #...# #...# .###.",
        ".###. #...# #...# .#### ....# ...#. .##..",
    ];

    /// <summary>Draws <paramref name="count"/> images, the ten digits in turn.</summary>
    public static GlyphSet Draw(int count, SeededRandom random)
    {
        float[] pixels = new float[count * PixelCount];
        int[] digits = new int[count];
        for (int i = 0; i < count; i++)
        {
            digits[i] = i % DigitCount;
            DrawOne(digits[i], random, pixels.AsSpan(i * PixelCount, PixelCount));
        }

        return new GlyphSet(pixels, digits);
    }

    // Each pixel's centre is taken back into the font's grid by a random affine map and read there with bilinear weights.
    private static void DrawOne(int digit, SeededRandom random, Span<float> image)
    {
        double dotWidth = random.NextBetween(1.4, 2.3);
        double dotHeight = random.NextBetween(1.3, 2.0);
        double turn = random.NextBetween(-0.3, 0.3);
        double shear = turn + random.NextBetween(-0.25, 0.25);
        double right = random.NextBetween(-1.75, 1.75);
        double down = random.NextBetween(-1.75, 1.75);
        double smear = random.NextBetween(0.0, 0.6);
        double ink = random.NextBetween(0.5, 1.0);
        double noise = random.NextBetween(0.05, 0.2);

        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                double x = column - ((Side - 1) / 2.0) - right;
                double y = row - ((Side - 1) / 2.0) - down;
                double u = ((x + (shear * y)) / dotWidth) + ((FontWidth - 1) / 2.0);
                double v = ((y - (turn * x)) / dotHeight) + ((FontHeight - 1) / 2.0);
                double value = (Ink(digit, u, v) + (smear * Ink(digit, u + 0.5, v))) / (1 + smear);
                value = (ink * value) + (noise * random.NextNormal());
                image[(row * Side) + column] = (float)Math.Clamp(value, 0, 1);
            }
        }
    }

    private static double Ink(int digit, double u, double v)
    {
        double left = Math.Floor(u), top = Math.Floor(v);
        double across = u - left, along = v - top;
        int column = (int)left, row = (int)top;
        return ((1 - along) * (((1 - across) * Dot(digit, column, row)) + (across * Dot(digit, column + 1, row))))
            + (along * (((1 - across) * Dot(digit, column, row + 1)) + (across * Dot(digit, column + 1, row + 1))));
    }

    private static double Dot(int digit, int column, int row) =>
        column is >= 0 and < FontWidth && row is >= 0 and < FontHeight && Font[digit][(row * (FontWidth + 1)) + column] == '#' ? 1 : 0;
}
