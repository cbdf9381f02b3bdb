namespace WeightWatcher.Codes;

/// <summary>The <c>WWG4xxx</c> codes: what can be wrong with a baseline, or between it and the model.</summary>
public static class BaselineCodes
{
    /// <summary>A rule compares with a baseline and none was given.</summary>
    public static readonly DiagnosticCode Required = new("WWG4001", "Rule needs a baseline");

    /// <summary>The baseline's path does not exist.</summary>
    public static readonly DiagnosticCode NotFound = new("WWG4002", "Baseline not found");

    /// <summary>The baseline exists and cannot be read as a model or as a baseline file.</summary>
    public static readonly DiagnosticCode Unreadable = new("WWG4003", "Baseline cannot be read");

    /// <summary>The baseline was analysed with other options than the policy's.</summary>
    public static readonly DiagnosticCode OtherAnalysis = new("WWG4004", "Baseline was made with other analysis options");

    /// <summary>A layer of the model is not in the baseline.</summary>
    public static readonly DiagnosticCode LayerAdded = new("WWG4005", "Layer is not in the baseline");

    /// <summary>A layer of the baseline is not in the model.</summary>
    public static readonly DiagnosticCode LayerRemoved = new("WWG4006", "Layer of the baseline is missing");

    /// <summary>A layer has another shape than in the baseline.</summary>
    public static readonly DiagnosticCode LayerReshaped = new("WWG4007", "Layer has another shape than in the baseline");

    /// <summary>A metric that a rule compares was not measured in the baseline.</summary>
    public static readonly DiagnosticCode NotMeasured = new("WWG4008", "Metric was not measured in the baseline");

    /// <summary>A baseline was given and no rule of the policy compares with it.</summary>
    public static readonly DiagnosticCode Unused = new("WWG4009", "Baseline is not used by any rule");
}
