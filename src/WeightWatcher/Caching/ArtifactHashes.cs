using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Caching;

/// <summary>
/// The hash of an artifact's files and those of its tensors, so that an artifact whose files have the paths, lengths and times of a record is neither read nor hashed
/// again, and one whose files have the same bytes as others is hashed once and not read. Safe for concurrent use.
/// </summary>
/// <remarks>
/// As with git's index, a file that changed in the last moments before its hash was kept could change once more within the same tick of the clock; so the hashes of
/// such a file are not kept.
/// </remarks>
internal sealed class ArtifactHashes
{
    /// <summary>Files younger than this are not trusted to have changed for the last time.</summary>
    public static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Tensor, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<int, string> _tensors = new();

    private readonly string _description;

    private ArtifactHashes(byte[] key, string description, IEnumerable<Tensor> tensors)
    {
        Key = key;
        _description = description;
        foreach (Tensor tensor in tensors)
            _places.TryAdd(tensor, _places.Count);
    }

    /// <summary>Names the files as they are and how they are read: SHA-256 over paths, where they lead, lengths, times, options and engine.</summary>
    public byte[] Key { get; }

    /// <summary>Names the files by their bytes, wherever they are: SHA-256 over the hash of these, the tensors found in them, options and engine.</summary>
    /// <param name="files">The hash of the files' bytes.</param>
    public byte[] ContentKey(string files) => SHA256.HashData(Encoding.UTF8.GetBytes($"content\n{_description}{files}\n"));

    /// <summary>The hash of the files' bytes in lower-case hexadecimal; empty as long as it is not known.</summary>
    public string Files { get; set; } = "";

    private static ReadOnlySpan<byte> Mark => "WWHASH1\n"u8;

    /// <summary>Nothing known yet about an artifact.</summary>
    /// <param name="checkpoint">The artifact, opened.</param>
    /// <param name="options">The options: they may decide how elements are read.</param>
    public static ArtifactHashes For(Checkpoint checkpoint, AnalysisOptions options)
    {
        string reading = $"{EngineIdentity.Text}\n{(options with { Include = ["**"], Exclude = [] }).Signature}\n";
        StringBuilder places = new(reading), description = new(reading);
        foreach (ArtifactFile file in checkpoint.Files)
        {
            // A link that is turned to another file of the same length and time is another file.
            places.Append(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks} {file.Path}\n{RealPath.OrSame(file.Path)}\n");
            description.Append(CultureInfo.InvariantCulture, $"{file.Length}\n");
        }

        // A name may decide which format bytes are taken for, so that the same ones need not be the same tensors.
        description.Append(CultureInfo.InvariantCulture, $"{checkpoint.Format}\n");
        foreach (Tensor tensor in checkpoint.Tensors)
            description.Append(CultureInfo.InvariantCulture, $"{tensor.ElementType} {string.Join('x', tensor.Shape)} {tensor.Name.Length} {tensor.Name}\n");
        return new ArtifactHashes(SHA256.HashData(Encoding.UTF8.GetBytes(places.ToString())), description.ToString(), checkpoint.Tensors);
    }

    /// <summary>Whether files are as they were when they were opened, and have been for a while.</summary>
    /// <param name="files">The files of an artifact.</param>
    /// <param name="now">The time in UTC.</param>
    public static bool AreSettled(IEnumerable<ArtifactFile> files, DateTime now) => files.All(file =>
    {
        FileInfo today = new(RealPath.OrSame(file.Path));
        return today.Exists && today.Length == file.Length && today.LastWriteTimeUtc == file.LastWriteTimeUtc && now - file.LastWriteTimeUtc > Unsettled;
    });

    /// <summary>The hash of a tensor's elements, or null when it is not known.</summary>
    public string? Of(Tensor tensor) => _places.TryGetValue(tensor, out int place) ? _tensors.GetValueOrDefault(place) : null;

    /// <summary>Notes the hash of a tensor's elements.</summary>
    public void Add(Tensor tensor, string hash)
    {
        if (_places.TryGetValue(tensor, out int place))
            _tensors[place] = hash;
    }

    /// <summary>The record: a mark, the key, the hashes, and SHA-256 over all of that.</summary>
    /// <param name="key"><see cref="Key"/> or <see cref="ContentKey"/>.</param>
    public byte[] Encode(byte[] key)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(key);
            writer.Write(Files);
            KeyValuePair<int, string>[] tensors = [.. _tensors.OrderBy(t => t.Key)];
            writer.Write(tensors.Length);
            foreach ((int place, string hash) in tensors)
            {
                writer.Write(place);
                writer.Write(hash);
            }
        }

        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Takes over what a record says.</summary>
    /// <param name="bytes">Any bytes at all.</param>
    /// <param name="key">The key that it must have.</param>
    /// <returns>False, and nothing is taken over, when the record is damaged or of other files.</returns>
    public bool TryRead(byte[] bytes, byte[] key)
    {
        int length = bytes.Length - SHA256.HashSizeInBytes, start = Mark.Length + key.Length;
        if (length < start || !bytes.AsSpan().StartsWith(Mark) || !bytes.AsSpan(Mark.Length, key.Length).SequenceEqual(key)
            || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            return false;
        using MemoryStream stream = new(bytes, start, length - start);
        using BinaryReader reader = new(stream, Encoding.UTF8);
        Files = reader.ReadString();
        for (int count = reader.ReadInt32(); count > 0; count--)
            _tensors[reader.ReadInt32()] = reader.ReadString();
        return true;
    }
}
