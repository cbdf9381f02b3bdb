using System.Collections.Immutable;

namespace WeightWatcher;

/// <summary>What to judge by what.</summary>
public sealed record GateRequest
{
    /// <summary>The full path of the artifact.</summary>
    public required string ArtifactPath { get; init; }

    /// <summary>The artifact's path as reports and messages show it, with <c>/</c>; null for the file name.</summary>
    public string? DisplayPath { get; init; }

    /// <summary>The policy.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The full path of the baseline, which wins over the policy's own; or null.</summary>
    public string? BaselinePath { get; init; }

    /// <summary>The most threads to use, or null for one per processor.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Hears of each finished layer; may be called from several threads.</summary>
    public IProgress<AnalysisProgress>? Progress { get; init; }
}

/// <summary>The outcome of judging one artifact.</summary>
public sealed record GateResult
{
    /// <summary>What was measured; without layers when the artifact could not be read.</summary>
    public required ModelReport Report { get; init; }

    /// <summary>What the policy says of it.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The full paths of all files that decided the outcome: artifact, external data, policy, baseline.</summary>
    public required ImmutableArray<string> InputFiles { get; init; }
}

/// <summary>Reads, analyses and judges one artifact: what the build task and the assertions share.</summary>
public static class ModelGate
{
    /// <summary>Judges an artifact. What is wrong with the artifact or the baseline becomes a violation of the verdict, not an exception.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GateResult Run(GateRequest request, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("not wired yet");
}
