using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Detection;
using WeightWatcher.Checkpoints.Onnx;
using WeightWatcher.Checkpoints.PyTorch;
using WeightWatcher.Checkpoints.Safetensors;

namespace WeightWatcher.Checkpoints;

/// <summary>Opens an artifact of any readable format. The format is told by content, never by the name's extension.</summary>
public static class CheckpointReader
{
    private const int HeadLength = 4096;

    /// <summary>The formats in the order in which they are asked; the first that recognises the content reads it.</summary>
    private static readonly ICheckpointFormat[] Formats =
    [
        new PyTorchZipFormat(),
        new PyTorchLegacyFormat(),
        new OnnxFormat(),
        new SafetensorsFormat(),
    ];

    /// <summary>Opens an artifact and reads the description of its tensors.</summary>
    /// <param name="path">A model file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The checkpoint; dispose it to close its files.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe or not a model.</exception>
    public static Checkpoint Open(string path, CancellationToken cancellationToken = default)
    {
        ArtifactFile file = ArtifactFile.Open(path);
        ICheckpointFormat? format = null;
        try
        {
            byte[] head = new byte[(int)Math.Min(HeadLength, file.Length)];
            file.Read(0, head);
            format = Array.Find(Formats, f => f.Recognizes(head, file));
            if (format is null)
            {
                ContentKind kind = ContentKinds.Identify(head, file);
                throw new ArtifactException(kind.Code, kind.Sentence);
            }

            return format.Read(file, ReadLimits.ForSize(file.Length), cancellationToken);
        }
        catch (ArtifactException e)
        {
            file.Dispose();
            throw e.With(file.Path, format?.Name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
