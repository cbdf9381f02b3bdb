using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Two vectors side by side, so that the processor works at one while it waits for a division of the other.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal readonly unsafe struct LanePair<TLanes>(TLanes first, TLanes second) : ILanes<LanePair<TLanes>>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly TLanes first = first, second = second;

    /// <inheritdoc/>
    public static int Count => 2 * TLanes.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> operator +(LanePair<TLanes> a, LanePair<TLanes> b) => new(a.first + b.first, a.second + b.second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> operator -(LanePair<TLanes> a, LanePair<TLanes> b) => new(a.first - b.first, a.second - b.second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> operator *(LanePair<TLanes> a, LanePair<TLanes> b) => new(a.first * b.first, a.second * b.second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> operator /(LanePair<TLanes> a, LanePair<TLanes> b) => new(a.first / b.first, a.second / b.second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> Create(double value) => new(TLanes.Create(value), TLanes.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> Load(double* from) => new(TLanes.Load(from), TLanes.Load(from + TLanes.Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> MultiplyAdd(LanePair<TLanes> a, LanePair<TLanes> b, LanePair<TLanes> c) =>
        new(TLanes.MultiplyAdd(a.first, b.first, c.first), TLanes.MultiplyAdd(a.second, b.second, c.second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> Sqrt(LanePair<TLanes> a) => new(TLanes.Sqrt(a.first), TLanes.Sqrt(a.second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> CopySign(LanePair<TLanes> a, LanePair<TLanes> b) => new(TLanes.CopySign(a.first, b.first), TLanes.CopySign(a.second, b.second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> Greater(LanePair<TLanes> a, LanePair<TLanes> b) => new(TLanes.Greater(a.first, b.first), TLanes.Greater(a.second, b.second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLanes> Select(LanePair<TLanes> comparison, LanePair<TLanes> holds, LanePair<TLanes> otherwise) =>
        new(TLanes.Select(comparison.first, holds.first, otherwise.first), TLanes.Select(comparison.second, holds.second, otherwise.second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(LanePair<TLanes> comparison) => TLanes.Bits(comparison.first) | (TLanes.Bits(comparison.second) << TLanes.Count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to)
    {
        first.Store(to);
        second.Store(to + TLanes.Count);
    }
}
