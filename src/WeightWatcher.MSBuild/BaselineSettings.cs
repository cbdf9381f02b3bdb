namespace WeightWatcher.MSBuild;

/// <summary>What an update of baselines is told by the targets.</summary>
internal sealed record BaselineSettings
{
    /// <summary>What may be loosened, why and until when.</summary>
    public required Acceptance Acceptance { get; init; }

    /// <summary>Whether other runs of the same update see other artifacts: what fits none of all of them, only a run of the mode <see cref="GateMode.Accepted"/> can say.</summary>
    public required bool IsOneOfSeveral { get; init; }

    /// <summary>Whether the build runs in continuous integration and was not told to update there.</summary>
    public required bool IsForbidden { get; init; }

    /// <summary>Whether a variable that continuous integration sets says that it is one.</summary>
    public static bool IsContinuousIntegration(string? variable) =>
        !string.IsNullOrWhiteSpace(variable) && !variable.Trim().Equals("false", StringComparison.OrdinalIgnoreCase) && variable.Trim() != "0";
}
