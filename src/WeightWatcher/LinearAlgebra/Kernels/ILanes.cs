namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>
/// A vector of doubles of which each belongs to another matrix: operations act on all at once and none mixes them, so that what a matrix gives does not depend on those
/// beside it. A comparison gives lanes of which all bits are set where it holds and none where it does not.
/// </summary>
/// <typeparam name="TSelf">The vector itself.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>The number of lanes, a power of two.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in all lanes.</summary>
    static abstract TSelf Create(double value);

    /// <summary>Reads <see cref="Count"/> doubles.</summary>
    static abstract TSelf Load(double* from);

    /// <summary>Writes <see cref="Count"/> doubles.</summary>
    void Store(double* to);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a - b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a / b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The square root of each lane.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>The magnitude of a with the sign of b.</summary>
    static abstract TSelf CopySign(TSelf a, TSelf b);

    /// <summary>Where a is greater than b.</summary>
    static abstract TSelf Greater(TSelf a, TSelf b);

    /// <summary>b where the comparison holds, else a.</summary>
    static abstract TSelf Select(TSelf comparison, TSelf holds, TSelf otherwise);

    /// <summary>A bit for each lane in which the comparison holds, the first lane's lowest.</summary>
    static abstract uint Bits(TSelf comparison);
}
