namespace WeightWatcher.Codes;

/// <summary>The <c>WWG5xxx</c> codes: what can be wrong around the gate: the build, the test project, the disk.</summary>
public static class EnvironmentCodes
{
    /// <summary>The gate runs and nobody named an artifact.</summary>
    public static readonly DiagnosticCode NoModels = new("WWG5001", "No model was given");

    /// <summary>MSBuild is older than the task needs.</summary>
    public static readonly DiagnosticCode MSBuildTooOld = new("WWG5002", "MSBuild is too old");

    /// <summary>A build with <c>--no-build</c> finds no record of an earlier gate of this configuration.</summary>
    public static readonly DiagnosticCode NoRecord = new("WWG5003", "No record of an earlier gate");

    /// <summary>A report cannot be written.</summary>
    public static readonly DiagnosticCode ReportNotWritable = new("WWG5004", "Report cannot be written");

    /// <summary>A pattern of artifacts matches no file.</summary>
    public static readonly DiagnosticCode PatternMatchesNothing = new("WWG5005", "Model pattern matches no file");

    /// <summary>The assertion package is for the other version of xunit.</summary>
    public static readonly DiagnosticCode WrongXunitPackage = new("WWG5006", "Assertion package is for another xunit version");

    /// <summary>A report format that does not exist was asked for.</summary>
    public static readonly DiagnosticCode UnknownReportFormat = new("WWG5007", "Unknown report format");

    /// <summary>Theory data found no artifact or no layer.</summary>
    public static readonly DiagnosticCode NoTestData = new("WWG5008", "Test found no data");

    /// <summary>A policy was to be calibrated into a file that is there already.</summary>
    public static readonly DiagnosticCode PolicyExists = new("WWG5010", "Policy exists already");

    /// <summary>No policy could be made of the models, or the file cannot be written.</summary>
    public static readonly DiagnosticCode NotCalibrated = new("WWG5011", "Policy was not calibrated");

    /// <summary>A fault of this library. Nothing was judged good.</summary>
    public static readonly DiagnosticCode InternalError = new("WWG5009", "Internal error");
}
