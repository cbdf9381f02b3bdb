namespace WeightWatcher.Checkpoints;

/// <summary>The values of floating-point types of at most 8 bits (OCP 8-bit Floating Point 1.0, OCP Microscaling Formats 1.0), as tables over all codes.</summary>
internal static class SmallFloat
{
    /// <summary>What the codes at the end of the range mean.</summary>
    public enum Specials
    {
        /// <summary>Every code is a finite number.</summary>
        AllFinite,

        /// <summary>The largest exponent holds the infinities and the NaNs.</summary>
        Ieee,

        /// <summary>Only the code with all exponent and mantissa bits set is NaN.</summary>
        FiniteWithNaN,

        /// <summary>Only the code of negative zero is NaN.</summary>
        NegativeZeroIsNaN,
    }

    /// <summary>The value of each code: sign, exponent and mantissa from the high bit down.</summary>
    public static double[] Table(int exponentBits, int mantissaBits, int bias, Specials specials)
    {
        int magnitudeBits = exponentBits + mantissaBits;
        double[] table = new double[1 << (magnitudeBits + 1)];
        int half = table.Length / 2;
        for (int code = 0; code < half; code++)
        {
            double value = Magnitude(code, exponentBits, mantissaBits, bias, specials);
            table[code] = value;
            table[code + half] = -value;
        }

        if (specials == Specials.NegativeZeroIsNaN)
            table[half] = double.NaN;
        return table;
    }

    /// <summary>2^(code - 127) for the codes 0 to 254, and NaN for 255.</summary>
    public static double[] PowersOfTwo()
    {
        double[] table = new double[256];
        for (int code = 0; code < 255; code++)
            table[code] = Math.ScaleB(1, code - 127);
        table[255] = double.NaN;
        return table;
    }

    private static double Magnitude(int code, int exponentBits, int mantissaBits, int bias, Specials specials)
    {
        int exponent = code >> mantissaBits;
        int mantissa = code & ((1 << mantissaBits) - 1);
        bool largestExponent = exponent == (1 << exponentBits) - 1;
        if (specials == Specials.Ieee && largestExponent)
            return mantissa == 0 ? double.PositiveInfinity : double.NaN;
        if (specials == Specials.FiniteWithNaN && largestExponent && mantissa == (1 << mantissaBits) - 1)
            return double.NaN;
        return exponent == 0
            ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
            : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
    }
}
