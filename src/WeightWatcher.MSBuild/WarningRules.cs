namespace WeightWatcher.MSBuild;

/// <summary>
/// What a project does with warnings. MSBuild applies these properties to the warnings of a task only in part: never
/// <c>TreatWarningsAsErrors</c>, and none of them in the outer build of several target frameworks.
/// </summary>
internal sealed class WarningRules
{
    private readonly bool _all;
    private readonly HashSet<string> _asErrors;
    private readonly HashSet<string> _notAsErrors;
    private readonly HashSet<string> _silenced;

    /// <summary>Reads the properties of the same names; lists are separated by semicolons, commas or spaces.</summary>
    public WarningRules(bool treatWarningsAsErrors, string? warningsAsErrors, string? warningsNotAsErrors, string? noWarn)
    {
        _all = treatWarningsAsErrors;
        _asErrors = Codes(warningsAsErrors);
        _notAsErrors = Codes(warningsNotAsErrors);
        _silenced = Codes(noWarn);
    }

    /// <summary>What becomes of a diagnostic: a silenced warning is information, a promoted one an error.</summary>
    public Severity Apply(Severity severity, string code)
    {
        if (severity != Severity.Warning)
            return severity;
        if (_silenced.Contains(code))
            return Severity.Info;
        return _asErrors.Contains(code) || (_all && !_notAsErrors.Contains(code)) ? Severity.Error : Severity.Warning;
    }

    private static HashSet<string> Codes(string? list) =>
        new((list ?? "").Split([';', ',', ' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
}
