namespace WeightWatcher.LinearAlgebra;

/// <summary>In which precision the large products are formed: those of a Gram matrix, and of its reduction to a band where that loses nothing. All else is always of double precision.</summary>
internal enum ProductPrecision
{
    /// <summary>Double precision throughout.</summary>
    Double,

    /// <summary>
    /// Entries, products and sums of a few hundred of these in single precision, the sums of such sums in double precision: twice as fast, with an error of 1e-7 to 1e-6 of the lengths of the two
    /// columns that are multiplied. Enough for a matrix that is itself a random draw.
    /// </summary>
    Single,
}
