namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The shifts that one pass of a Sturm sequence evaluates, and what it finds.</summary>
internal unsafe struct SturmLanes
{
    /// <summary>The number of shifts.</summary>
    public const int Count = 32;

    /// <summary>What a smaller square of a coupling is raised to: a coupling of 2^-62 moves an eigenvalue by less than 1 % of the rounding error of the norm.</summary>
    public const double SmallestSquare = 1.0 / ((1L << 62) * (double)(1L << 62));

    /// <summary>How many steps may pass between two scalings.</summary>
    public const int StepsBetweenScalings = 8;

    /// <summary>The shifts.</summary>
    public fixed double Shifts[Count];

    /// <summary>How many eigenvalues lie below each shift.</summary>
    public fixed long Below[Count];

    /// <summary>The characteristic polynomial at each shift is this number, of magnitude below 2, ...</summary>
    public fixed double Mantissas[Count];

    /// <summary>... times two to this power.</summary>
    public fixed long Exponents[Count];
}
