namespace WeightWatcher;

/// <summary>How two matrices are compared.</summary>
public enum DistanceMethod
{
    /// <summary>The Frobenius norm of the difference of the whole tensors: the Python tool's <c>raw</c>. 0 for equal ones.</summary>
    Raw,

    /// <summary>The mean over the slices of the Frobenius norm of the difference: the Python tool's <c>euclidean</c>. 0 for equal ones.</summary>
    Euclidean,

    /// <summary>The Python tool's <c>cka</c>: the square root of linear CKA without centring, mean over slices. A similarity: 1 for equal ones.</summary>
    Cka,

    /// <summary>Linear CKA with centred columns (Kornblith et al. 2019), mean over slices. A similarity: 1 for equal ones.</summary>
    LinearCka,

    /// <summary>The cosine of the whole tensors as vectors. A similarity: 1 for equal ones.</summary>
    Cosine,
}
