namespace WeightWatcher.Metrics;

/// <summary>Whether a metric was measured.</summary>
public enum MeasurementStatus
{
    /// <summary>There is a finite value.</summary>
    Measured,

    /// <summary>The metric has no meaning here, for a stated reason: too few eigenvalues for a fit, no spectral edge.</summary>
    NotApplicable,

    /// <summary>The metric has a meaning here and could not be measured. A rule on it fails.</summary>
    Failed,
}

/// <summary>The outcome of measuring one metric of one layer or model.</summary>
public readonly record struct Measurement
{
    private Measurement(MeasurementStatus status, double value, string? reason)
    {
        Status = status;
        Value = value;
        Reason = reason;
    }

    /// <summary>Whether there is a value.</summary>
    public MeasurementStatus Status { get; }

    /// <summary>The value; finite exactly when <see cref="Status"/> is <see cref="MeasurementStatus.Measured"/>, else NaN.</summary>
    public double Value { get; }

    /// <summary>Why there is no value, in a few words; null when there is one.</summary>
    public string? Reason { get; }

    /// <summary>True when there is a finite value.</summary>
    public bool IsMeasured => Status == MeasurementStatus.Measured;

    /// <summary>A measured value; one that is not finite becomes <see cref="MeasurementStatus.Failed"/>.</summary>
    public static Measurement Of(double value) =>
        double.IsFinite(value) ? new(MeasurementStatus.Measured, value, null) : Failed(double.IsNaN(value) ? "not a number" : "infinite");

    /// <summary>The metric has no meaning here.</summary>
    public static Measurement NotApplicable(string reason) => new(MeasurementStatus.NotApplicable, double.NaN, reason);

    /// <summary>The metric could not be measured.</summary>
    public static Measurement Failed(string reason) => new(MeasurementStatus.Failed, double.NaN, reason);
}
