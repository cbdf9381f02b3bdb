namespace WeightWatcher.MSBuild;

/// <summary>One line that a build says about an artifact, a policy or itself.</summary>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Code">The code.</param>
/// <param name="Message">One line, without code and position.</param>
/// <param name="File">The full path of the file it points at.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
internal sealed record BuildDiagnostic(Severity Severity, string Code, string Message, string File, int Line, int Column)
{
    /// <summary>
    /// A violation as the build says it. What has no line in a policy points at the artifact: MSBuild leaves the project out of a line that
    /// points at the project itself, and continuous integration then makes no annotation of it.
    /// </summary>
    /// <param name="violation">The violation.</param>
    /// <param name="shown">The artifact, named at the start of the line; null when the fault is the policy's own, whatever it judges.</param>
    /// <param name="artifactFile">The full path of the artifact.</param>
    public static BuildDiagnostic Of(Violation violation, string? shown, string artifactFile)
    {
        string message = (shown is null ? violation.Message : $"{shown}: {violation.Message}").ReplaceLineEndings(" ");
        return violation is { PolicyFile: { } file, PolicyLine: { } line }
            ? new(violation.Severity, violation.Code, message, file, line, violation.PolicyColumn ?? 1)
            : new(violation.Severity, violation.Code, message, artifactFile, 1, 1);
    }
}
