namespace WeightWatcher;

/// <summary>What an update of a baseline may loosen, and why.</summary>
public sealed record Acceptance
{
    /// <summary>Patterns <c>layer:metric</c>, separated by semicolons; null to loosen nothing.</summary>
    public string? Changes { get; init; }

    /// <summary>Why; required with <see cref="Changes"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The last day (UTC) on which it holds, as <c>yyyy-MM-dd</c>, or null when it holds for good.</summary>
    public string? Until { get; init; }
}
