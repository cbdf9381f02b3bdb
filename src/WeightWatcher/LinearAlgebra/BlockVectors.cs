using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>The operations on vectors of <see cref="Band.Width"/> entries between the block operations of a chase.</summary>
internal static unsafe class BlockVectors
{
    private const int Width = Band.Width;

    // As in Householder: what is smaller is far below the rounding errors of a scaled matrix.
    private const double NegligibleSquare = 1e-280;

    /// <summary>Overwrites x by v of the reflection I - tau v v', v_0 = 1, that maps it to the first axis; by zeros where nothing is to be reflected, and tau is 0 then.</summary>
    /// <returns>The first entry of the image.</returns>
    public static double Reflect(double* x, out double tau)
    {
        double first = x[0];
        x[0] = 0;
        double tail = Dot(x, x);
        if (tail < NegligibleSquare)
        {
            new Span<double>(x, Width).Clear();
            tau = 0;
            return first;
        }

        double image = -Math.CopySign(Math.Sqrt((first * first) + tail), first);
        tau = (image - first) / image;
        Vector256<double> scale = Vector256.Create(1 / (first - image));
        for (nint i = 0; i < Width; i += 4)
            (Vector256.Load(x + i) * scale).Store(x + i);
        x[0] = 1;
        return image;
    }

    /// <summary>The sum of x_i y_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(double* x, double* y)
    {
        Vector256<double> even = default, odd = default;
        for (nint i = 0; i < Width; i += 8)
        {
            even = Vector256.MultiplyAddEstimate(Vector256.Load(x + i), Vector256.Load(y + i), even);
            odd = Vector256.MultiplyAddEstimate(Vector256.Load(x + i + 4), Vector256.Load(y + i + 4), odd);
        }

        return Vector256.Sum(even + odd);
    }

    /// <summary>x *= a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(double* x, double a)
    {
        Vector256<double> factor = Vector256.Create(a);
        for (nint i = 0; i < Width; i += 4)
            (Vector256.Load(x + i) * factor).Store(x + i);
    }

    /// <summary>x = a (x - b y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractAndScale(double* x, double b, double* y, double a)
    {
        Vector256<double> minus = Vector256.Create(-b), factor = Vector256.Create(a);
        for (nint i = 0; i < Width; i += 4)
            (Vector256.MultiplyAddEstimate(minus, Vector256.Load(y + i), Vector256.Load(x + i)) * factor).Store(x + i);
    }

    /// <summary>Copies the first column of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyColumn(double* block, nint stride, double* x)
    {
        for (nint i = 0; i < Width; i++)
            x[i] = block[i * stride];
    }

    /// <summary>Sets the first column of a block to a multiple of the first axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetColumn(double* block, nint stride, double first)
    {
        block[0] = first;
        for (nint i = 1; i < Width; i++)
            block[i * stride] = 0;
    }
}
