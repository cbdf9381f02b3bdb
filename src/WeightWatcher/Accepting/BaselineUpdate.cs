using System.Collections.Immutable;

namespace WeightWatcher;

/// <summary>What became of a baseline file.</summary>
public sealed record BaselineUpdate
{
    /// <summary>The full path of the file, or null when it is not known where it should be.</summary>
    public string? FilePath { get; init; }

    /// <summary>Whether the file was written; false when it is as it should be, or on an error.</summary>
    public bool Written { get; init; }

    /// <summary>Whether the file is now as it should be, written or not; what was not accepted stays in it as it was.</summary>
    public bool Done { get; init; }

    /// <summary>What changed, a sentence each, for the person who runs the update.</summary>
    public ImmutableArray<string> Changes { get; init; } = [];

    /// <summary>The patterns of <see cref="Acceptance.Changes"/> that fit no change of this model.</summary>
    public ImmutableArray<string> Unused { get; init; } = [];

    /// <summary>The model judged against the baseline as it is now, with what stands against the update itself.</summary>
    public required GateResult Result { get; init; }
}
