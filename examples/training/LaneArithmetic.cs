using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Training;

/// <summary>
/// Sums over vectors in one fixed order: eight lanes, multiplied and added in separate roundings, the lanes added from first to last.
/// A machine without such registers does the same sums more slowly, so every machine gets the same bits.
/// </summary>
internal static class LaneArithmetic
{
    private const int Lanes = 8;

    /// <summary>The sum of x[i] y[i]; both have the same length.</summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int whole = x.Length - (x.Length % Lanes);
        ref float x0 = ref MemoryMarshal.GetReference(x);
        ref float y0 = ref MemoryMarshal.GetReference(y[..x.Length]);
        Vector256<float> sums = Vector256<float>.Zero;
        for (int i = 0; i < whole; i += Lanes)
            sums += Vector256.LoadUnsafe(ref x0, (nuint)i) * Vector256.LoadUnsafe(ref y0, (nuint)i);

        float sum = 0;
        for (int lane = 0; lane < Lanes; lane++)
            sum += sums.GetElement(lane);
        for (int i = whole; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>y[i] += factor x[i]; both have the same length.</summary>
    public static void AddScaled(Span<float> y, float factor, ReadOnlySpan<float> x)
    {
        int whole = x.Length - (x.Length % Lanes);
        ref float x0 = ref MemoryMarshal.GetReference(x);
        ref float y0 = ref MemoryMarshal.GetReference(y[..x.Length]);
        Vector256<float> factors = Vector256.Create(factor);
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector256<float> sum = Vector256.LoadUnsafe(ref y0, (nuint)i) + (factors * Vector256.LoadUnsafe(ref x0, (nuint)i));
            sum.StoreUnsafe(ref y0, (nuint)i);
        }

        for (int i = whole; i < x.Length; i++)
            y[i] += factor * x[i];
    }

    /// <summary>y[i] *= factor.</summary>
    public static void Scale(Span<float> y, float factor)
    {
        foreach (ref float value in y)
            value *= factor;
    }
}
