namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>What the chasing of bulges does to blocks of <see cref="Band.Width"/> x <see cref="Band.Width"/>, row-major with any stride.</summary>
internal unsafe interface IChaseKernel
{
    /// <summary>y = E v.</summary>
    static abstract void Multiply(double* block, nint stride, double* v, double* y);

    /// <summary>z = E'u.</summary>
    static abstract void MultiplyTransposed(double* block, nint stride, double* u, double* z);

    /// <summary>E -= p v' + q w'.</summary>
    static abstract void Subtract(double* block, nint stride, double* p, double* v, double* q, double* w);
}
