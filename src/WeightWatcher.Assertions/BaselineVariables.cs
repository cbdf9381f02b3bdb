namespace WeightWatcher.Assertions;

/// <summary>The variables by which a test run updates baselines.</summary>
/// <param name="IsAsked">Whether baselines are to be updated.</param>
/// <param name="IsForbidden">Whether the run is in continuous integration and was not told to update there.</param>
/// <param name="Acceptance">What may be loosened.</param>
internal sealed record BaselineVariables(bool IsAsked, bool IsForbidden, Acceptance Acceptance)
{
    /// <summary>The variable that asks for it.</summary>
    public const string Update = "WEIGHTWATCHER_UPDATE_BASELINE";

    /// <summary>The variable that allows it in continuous integration.</summary>
    public const string UpdateInContinuousIntegration = "WEIGHTWATCHER_UPDATE_BASELINE_IN_CI";

    /// <summary>What may be loosened, why, and until which day.</summary>
    public const string Accept = "WEIGHTWATCHER_ACCEPT", AcceptReason = "WEIGHTWATCHER_ACCEPT_REASON", AcceptUntil = "WEIGHTWATCHER_ACCEPT_UNTIL";

    /// <summary>The variables of this process.</summary>
    public static BaselineVariables OfProcess => Of(Environment.GetEnvironmentVariable);

    /// <summary>The variables as a function gives them.</summary>
    public static BaselineVariables Of(Func<string, string?> variable) => new(
        IsOn(variable(Update)),
        (IsOn(variable("CI")) || IsOn(variable("TF_BUILD"))) && !IsOn(variable(UpdateInContinuousIntegration)),
        new Acceptance { Changes = variable(Accept), Reason = variable(AcceptReason), Until = variable(AcceptUntil) });

    /// <summary>How to accept what failed, in one line.</summary>
    public static string Advice(IReadOnlyList<string> changes) =>
        $"When that is meant: {Update}=1 {Accept}=\"{string.Join(';', changes)}\" {AcceptReason}=\"why\" dotnet test";

    private static bool IsOn(string? value) =>
        !string.IsNullOrWhiteSpace(value) && value.Trim() != "0" && !value.Trim().Equals("false", StringComparison.OrdinalIgnoreCase);
}
