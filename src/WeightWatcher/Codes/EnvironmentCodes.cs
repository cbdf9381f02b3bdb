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

    /// <summary>A report, or a file that the gate keeps for later builds, cannot be written.</summary>
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

    /// <summary>The policy asks for checks in ONNX Runtime, and the user's assets have no native library of it.</summary>
    public static readonly DiagnosticCode OnnxRuntimeNotFound = new("WWG5020", "ONNX Runtime was not found");

    /// <summary>The native library of ONNX Runtime was found and cannot be loaded.</summary>
    public static readonly DiagnosticCode OnnxRuntimeNotLoaded = new("WWG5021", "ONNX Runtime cannot be loaded");

    /// <summary>The native library of ONNX Runtime is older than the checks need.</summary>
    public static readonly DiagnosticCode OnnxRuntimeTooOld = new("WWG5022", "ONNX Runtime is too old");

    /// <summary>The process that runs models could not be started or did not answer, or a report without a run was judged.</summary>
    public static readonly DiagnosticCode RuntimeNotRun = new("WWG5023", "Checks in ONNX Runtime were not made");
}
