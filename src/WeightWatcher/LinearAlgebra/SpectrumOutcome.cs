namespace WeightWatcher.LinearAlgebra;

/// <summary>How the computation of a spectrum ended; a value, since weights that diverged are an ordinary finding.</summary>
internal enum SpectrumOutcome
{
    /// <summary>The spectrum was written.</summary>
    Converged,

    /// <summary>The matrix holds a NaN or an infinity; nothing was written.</summary>
    NonFinite,

    /// <summary>The Sturm counts contradict each other; nothing that was written may be used.</summary>
    NotConverged,
}
