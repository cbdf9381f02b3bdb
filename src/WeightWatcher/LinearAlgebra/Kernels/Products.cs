using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>What the tiles of <see cref="IMicroKernel{T}"/> and <see cref="IPanelKernel"/> are made of, in double and in single precision alike: fused where the processor has that.</summary>
internal static unsafe class Products
{
    /// <summary>x y + z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Add<T>(Vector512<T> x, Vector512<T> y, Vector512<T> z) => typeof(T) == typeof(double)
        ? Vector512.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>()
        : Vector512.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>();

    /// <inheritdoc cref="Add{T}(Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) => typeof(T) == typeof(double)
        ? Vector256.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>()
        : Vector256.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>();

    /// <inheritdoc cref="Add{T}(Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add<T>(Vector128<T> x, Vector128<T> y, Vector128<T> z) => typeof(T) == typeof(double)
        ? Vector128.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>()
        : Vector128.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>();

    /// <summary>Rounds doubles to floats.</summary>
    /// <param name="from">The doubles.</param>
    /// <param name="to">Receives as many floats.</param>
    /// <param name="count">How many, 0 or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(double* from, float* to, nint count)
    {
        nint i = 0;
        for (; i + 8 <= count; i += 8)
            Vector256.Narrow(Vector256.Load(from + i), Vector256.Load(from + i + 4)).Store(to + i);
        for (; i < count; i++)
            to[i] = (float)from[i];
    }

    /// <summary>Adds a row of a tile to doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(double* c, Vector512<T> first, Vector512<T> second, Vector512<T> third)
    {
        AddTo(c, first);
        AddTo(c + Vector512<T>.Count, second);
        AddTo(c + (2 * Vector512<T>.Count), third);
    }

    /// <inheritdoc cref="AddTo{T}(double*, Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(double* c, Vector256<T> first, Vector256<T> second, Vector256<T> third)
    {
        AddTo(c, first);
        AddTo(c + Vector256<T>.Count, second);
        AddTo(c + (2 * Vector256<T>.Count), third);
    }

    /// <inheritdoc cref="AddTo{T}(double*, Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(double* c, Vector128<T> first, Vector128<T> second, Vector128<T> third)
    {
        AddTo(c, first, second);
        AddTo(c + (2 * Vector128<T>.Count), third);
    }

    /// <inheritdoc cref="AddTo{T}(double*, Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(double* c, Vector128<T> first, Vector128<T> second)
    {
        AddTo(c, first);
        AddTo(c + Vector128<T>.Count, second);
    }

    /// <inheritdoc cref="AddTo{T}(double*, Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(double* c, Vector512<T> first, Vector512<T> second)
    {
        AddTo(c, first);
        AddTo(c + Vector512<T>.Count, second);
    }

    /// <inheritdoc cref="AddTo{T}(double*, Vector512{T}, Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(double* c, Vector256<T> first, Vector256<T> second)
    {
        AddTo(c, first);
        AddTo(c + Vector256<T>.Count, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<T>(double* c, Vector512<T> row)
    {
        if (typeof(T) == typeof(double))
        {
            (Vector512.Load(c) + row.AsDouble()).Store(c);
            return;
        }

        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(row.AsSingle());
        (Vector512.Load(c) + low).Store(c);
        (Vector512.Load(c + 8) + high).Store(c + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<T>(double* c, Vector256<T> row)
    {
        if (typeof(T) == typeof(double))
        {
            (Vector256.Load(c) + row.AsDouble()).Store(c);
            return;
        }

        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(row.AsSingle());
        (Vector256.Load(c) + low).Store(c);
        (Vector256.Load(c + 4) + high).Store(c + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<T>(double* c, Vector128<T> row)
    {
        if (typeof(T) == typeof(double))
        {
            (Vector128.Load(c) + row.AsDouble()).Store(c);
            return;
        }

        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(row.AsSingle());
        (Vector128.Load(c) + low).Store(c);
        (Vector128.Load(c + 2) + high).Store(c + 2);
    }
}
