using System.Collections.Immutable;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints;

/// <summary>The tensors of one artifact, in the order of the file, with the files that are held open to read them.</summary>
public sealed class Checkpoint : IDisposable
{
    /// <summary>The format as reports write it: <c>safetensors</c>, <c>pytorch</c>, <c>torchscript</c>, <c>onnx</c>, <c>keras-h5</c>, <c>keras</c>, <c>hdf5</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Every tensor that can be read, of whatever element type and rank.</summary>
    public required ImmutableArray<Tensor> Tensors { get; init; }

    /// <summary>What is named as a tensor and cannot be read as one.</summary>
    public ImmutableArray<UnreadableTensor> Unreadable { get; init; } = [];

    /// <summary>Every file that was opened: the artifact first, then shards and external data in order of first use.</summary>
    public required ImmutableArray<ArtifactFile> Files { get; init; }

    /// <summary>
    /// The full paths of files beside the artifact that were looked for and say nothing of it: where nothing is, or nothing that matters. A file that appears there later may matter.
    /// </summary>
    public ImmutableArray<string> LookedFor { get; init; } = [];

    /// <summary>What a person should know about how the artifact was read, one sentence each.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The same tensors and files with other notes.</summary>
    internal Checkpoint With(ImmutableArray<string> notes) => new() { Format = Format, Tensors = Tensors, Unreadable = Unreadable, Files = Files, LookedFor = LookedFor, Notes = notes };

    /// <summary>The same files and notes with other tensors.</summary>
    internal Checkpoint With(ImmutableArray<Tensor> tensors) => new() { Format = Format, Tensors = tensors, Unreadable = Unreadable, Files = Files, LookedFor = LookedFor, Notes = Notes };

    /// <summary>Closes the files. Tensors can no longer be read.</summary>
    public void Dispose()
    {
        foreach (ArtifactFile file in Files)
            file.Dispose();
    }
}
