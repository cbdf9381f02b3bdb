namespace WeightWatcher.Artifacts;

/// <summary>
/// The budget of one read, derived from the artifact's own size, so that a small hostile file cannot ask for much.
/// Each limit that is exceeded is a <c>WWG2018</c>.
/// </summary>
public sealed record ReadLimits
{
    /// <summary>Bytes of metadata (headers, names, object graph, decompressed entries) that may be held: 8 MB and 64 times the file's size at most.</summary>
    public required long MaxMetadataBytes { get; init; }

    /// <summary>How deep containers, messages and object graphs may nest.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>How many tensors an artifact may hold.</summary>
    public int MaxTensors { get; init; } = 1_000_000;

    /// <summary>How many dimensions a tensor may have.</summary>
    public int MaxRank { get; init; } = 64;

    /// <summary>How many opcodes, fields or JSON tokens a reader may process.</summary>
    public required long MaxSteps { get; init; }

    /// <summary>How many times its compressed size an entry may grow.</summary>
    public int MaxDecompressionRatio { get; init; } = 1032;

    /// <summary>The limits for an artifact of the given size.</summary>
    /// <param name="artifactBytes">The length of all its files together, in bytes.</param>
    public static ReadLimits ForSize(long artifactBytes) => new()
    {
        MaxMetadataBytes = Math.Min(8L << 20, 64 * Math.Max(1, artifactBytes)) + Math.Min(artifactBytes, 1L << 30),
        MaxSteps = 1_000_000 + artifactBytes,
    };
}
