using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Puts the weights of a checkpoint together whose parts are told by their names: quantized, normalised and low-rank ones. Nothing is read here but tables and shapes; the elements
/// are computed when their layer is analysed.
/// </summary>
internal static class WeightComposition
{
    /// <summary>The formats in which the names of tensors are those of a framework's state dictionary.</summary>
    private static readonly string[] Formats = ["safetensors", "pytorch", "torchscript", "npz"];

    private static readonly Action<TensorSet>[] Rules =
    [
        PackedLinearRule.Apply,
        BitsAndBytesRule.Apply,
        PackedWeightRule.Apply,
        ScaledWeightRule.Apply,
        NormalisedWeightRule.Apply,
        AdapterRule.Apply,
        LooseCodesRule.Apply,
    ];

    /// <summary>The checkpoint with its weights put together; the same one when there is nothing to do and nothing was looked for. On failure its files stay open.</summary>
    /// <exception cref="ArtifactException">Parts are missing or do not fit each other.</exception>
    public static Checkpoint Apply(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        if (!Formats.Contains(checkpoint.Format))
            return checkpoint;
        SidecarFiles files = new(checkpoint.Files[0].Path);
        try
        {
            TensorSet set = new(checkpoint, files);
            foreach (Action<TensorSet> rule in Rules)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rule(set);
            }

            return set.Changed || files.Files.Count > 0 || files.Absent.Count > 0 ? set.ToCheckpoint(checkpoint) : checkpoint;
        }
        catch
        {
            foreach (ArtifactFile file in files.Files)
                file.Dispose();
            throw;
        }
    }
}
