using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Composition;
using WeightWatcher.Checkpoints.Detection;
using WeightWatcher.Checkpoints.Gguf;
using WeightWatcher.Checkpoints.Keras;
using WeightWatcher.Checkpoints.NumPy;
using WeightWatcher.Checkpoints.Onnx;
using WeightWatcher.Checkpoints.PyTorch;
using WeightWatcher.Checkpoints.Safetensors;
using WeightWatcher.Checkpoints.Sharded;

namespace WeightWatcher.Checkpoints;

/// <summary>Opens an artifact of any readable format. The format is told by content, never by the name's extension.</summary>
public static class CheckpointReader
{
    private const int HeadLength = 4096;

    /// <summary>The formats that a shard of a larger checkpoint may have, in the order in which they are asked.</summary>
    private static readonly ICheckpointFormat[] ShardFormats =
    [
        new PyTorchZipFormat(),
        new PyTorchLegacyFormat(),
        new SafetensorsFormat(),
    ];

    /// <summary>The formats in the order in which they are asked; the first that recognises the content reads it.</summary>
    private static readonly ICheckpointFormat[] Formats =
    [
        new PyTorchZipFormat(),
        new PyTorchLegacyFormat(),
        new GgufFormat(),
        new NpyFormat(),
        new NpzFormat(),
        new OnnxFormat(),
        new SafetensorsFormat(),
        new ShardIndexFormat(),
        new PyTorchTarFormat(),
        new KerasArchiveFormat(),
        new KerasHdf5Format(),
    ];

    /// <summary>Opens an artifact and reads the description of its tensors.</summary>
    /// <param name="path">A model file, the index of a sharded checkpoint, or a folder that holds one of either.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The checkpoint; dispose it to close its files.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe or not a model.</exception>
    public static Checkpoint Open(string path, CancellationToken cancellationToken = default) => Open(path, [], cancellationToken);

    /// <summary>Opens an artifact beside which links may lead into folders that the user named.</summary>
    /// <param name="path">A model file, the index of a sharded checkpoint, or a folder that holds one of either.</param>
    /// <param name="externalRoots">The full paths of those folders.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The checkpoint; dispose it to close its files.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe or not a model.</exception>
    public static Checkpoint Open(string path, ImmutableArray<string> externalRoots, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            return Open(ArtifactFile.Open(path, externalRoots), Formats, isWhole: true, cancellationToken);
        (string model, string? note) = ModelFolder.FindModel(Path.GetFullPath(path));
        Checkpoint checkpoint = Open(ArtifactFile.Open(model, externalRoots), Formats, isWhole: true, cancellationToken);
        return note is null ? checkpoint : checkpoint.With([note, .. checkpoint.Notes]);
    }

    /// <summary>Opens one file of a checkpoint that an index spreads over several.</summary>
    internal static Checkpoint OpenShard(ContainedPath path, CancellationToken cancellationToken) => Open(ArtifactFile.Open(path), ShardFormats, isWhole: false, cancellationToken);

    private static Checkpoint Open(ArtifactFile file, ICheckpointFormat[] formats, bool isWhole, CancellationToken cancellationToken)
    {
        ICheckpointFormat? format = null;
        Checkpoint? checkpoint = null;
        try
        {
            byte[] head = new byte[(int)Math.Min(HeadLength, file.Length)];
            file.Read(0, head);
            format = Array.Find(formats, f => f.Recognizes(head, file));
            if (format is null)
            {
                ContentKind kind = ContentKinds.Identify(head, file);
                throw new ArtifactException(kind.Code, kind.Sentence);
            }

            checkpoint = format.Read(file, ReadLimits.ForSize(file.Length), cancellationToken);
            if (isWhole && checkpoint.Files.Length == 1 && PartName.Of(Path.GetFileName(file.Path)) is { Count: > 1 } part)
                checkpoint = checkpoint.With([.. checkpoint.Notes, $"'{Printable.Text(Path.GetFileName(file.Path))}' is {part} of a model; the others were not read. Name the index, or the folder, for the whole."]);
            // Parts of one weight may lie in several shards.
            return isWhole ? WeightComposition.Apply(checkpoint, cancellationToken) : checkpoint;
        }
        catch (ArtifactException e)
        {
            checkpoint?.Dispose();
            file.Dispose();
            throw e.With(file.Path, format?.Name);
        }
        catch
        {
            checkpoint?.Dispose();
            file.Dispose();
            throw;
        }
    }
}
