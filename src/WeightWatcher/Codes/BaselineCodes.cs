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

    /// <summary>A baseline file is not what the format says; the message has line and key.</summary>
    public static readonly DiagnosticCode Malformed = new("WWG4010", "Baseline file is malformed");

    /// <summary>A baseline file was written in another layout or by another rule set.</summary>
    public static readonly DiagnosticCode OtherVersion = new("WWG4011", "Baseline file is of another version");

    /// <summary>A layer has another name than in the baseline; order, shape and type tell that it is the same.</summary>
    public static readonly DiagnosticCode LayerRenamed = new("WWG4012", "Layer has another name than in the baseline");

    /// <summary>A change for the worse passes because somebody accepted it.</summary>
    public static readonly DiagnosticCode ChangeAccepted = new("WWG4013", "Change was accepted");

    /// <summary>An accepted change matters no longer.</summary>
    public static readonly DiagnosticCode StaleAcceptance = new("WWG4014", "Accepted change is stale");

    /// <summary>Updating a baseline would loosen it, and nobody named the change.</summary>
    public static readonly DiagnosticCode NotAccepted = new("WWG4015", "Baseline was not loosened");

    /// <summary>A baseline is not updated in continuous integration.</summary>
    public static readonly DiagnosticCode NotInContinuousIntegration = new("WWG4016", "Baseline is not updated in continuous integration");

    /// <summary>What names the changes to accept is incomplete or fits no change.</summary>
    public static readonly DiagnosticCode UnusableAcceptance = new("WWG4017", "Acceptance names no change");

    /// <summary>The baseline is no baseline file, so it cannot be updated.</summary>
    public static readonly DiagnosticCode NotUpdatable = new("WWG4018", "Baseline is no file that can be updated");

    /// <summary>A baseline file cannot be written.</summary>
    public static readonly DiagnosticCode NotWritable = new("WWG4019", "Baseline file cannot be written");

    /// <summary>Git is not there, the folder is in no repository, or git refuses.</summary>
    public static readonly DiagnosticCode GitFailed = new("WWG4020", "Git cannot read the baseline");

    /// <summary>The repository does not have the revision of the baseline.</summary>
    public static readonly DiagnosticCode RevisionNotFound = new("WWG4021", "Revision of the baseline not found");

    /// <summary>The baseline is in Git LFS and was not fetched.</summary>
    public static readonly DiagnosticCode LfsObjectMissing = new("WWG4022", "Baseline is not fetched from Git LFS");

    /// <summary>Outputs are compared with the baseline's, and it holds no graph that runs.</summary>
    public static readonly DiagnosticCode NotRunnable = new("WWG4030", "Baseline cannot be run");
}
