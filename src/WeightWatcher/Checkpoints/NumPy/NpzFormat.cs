using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;

namespace WeightWatcher.Checkpoints.NumPy;

/// <summary>Arrays in a zip archive, <c>numpy.savez</c>'s and <c>numpy.savez_compressed</c>'s .npz. Each tensor takes its entry's name without <c>.npy</c>.</summary>
internal sealed class NpzFormat : ICheckpointFormat
{
    private const string Extension = ".npy";

    /// <inheritdoc/>
    public string Name => "npz";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (!ZipHeaders.HasSignature(head))
            return false;
        try
        {
            ZipArchiveReader archive = ZipArchiveReader.Open(file, new ReadMeter(ReadLimits.ForSize(file.Length), CancellationToken.None));
            return archive.Entries.Any(IsArray);
        }
        catch (ArtifactException)
        {
            // A broken archive is ours when its first entry is one that numpy writes.
            return ZipHeaders.FirstName(head)?.EndsWith(Extension, StringComparison.Ordinal) == true;
        }
    }

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(Limits(limits, file.Length), cancellationToken);
        ZipArchiveReader archive = ZipArchiveReader.Open(file, meter);
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>();
        ImmutableArray<UnreadableTensor>.Builder unreadable = ImmutableArray.CreateBuilder<UnreadableTensor>();
        ImmutableArray<string>.Builder notes = ImmutableArray.CreateBuilder<string>();
        foreach (ZipEntry entry in archive.Entries)
        {
            meter.Step();
            if (!IsArray(entry))
            {
                if (!entry.Name.EndsWith('/'))
                    notes.Add($"The entry '{Printable.Text(entry.Name)}' is no array and was not read.");
                continue;
            }

            ByteSource bytes = archive.OpenEntry(entry, verify: false, out long? fileOffset);
            string name = entry.Name[..^Extension.Length];
            // numpy compares the checksum of every array that it loads.
            if (entry.Method == ZipEntry.Stored)
                bytes = new ChecksummedSource(bytes, entry.Crc, crc => ZipArchiveReader.WrongChecksum(entry, crc).With(file.Path, Name, name));
            (Tensor? tensor, UnreadableTensor? unread) = NpyArray.Describe(bytes, name, fileOffset ?? 0, meter);
            if (tensor is not null)
                tensors.Add(tensor);
            else if (unread is not null)
                unreadable.Add(unread);
        }

        return new Checkpoint { Format = Name, Tensors = tensors.ToImmutable(), Unreadable = unreadable.ToImmutable(), Files = [file], Notes = notes.ToImmutable() };
    }

    private static bool IsArray(ZipEntry entry) => entry.Name.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>What was deflated is held whole, so the arrays may take up to 64 times the file, or 64 MB more than four times its size.</summary>
    private static ReadLimits Limits(ReadLimits limits, long fileLength) => limits with
    {
        MaxMetadataBytes = Math.Max(limits.MaxMetadataBytes, Math.Min(64 * fileLength, 64L << 20) + (4 * fileLength)),
    };
}
