using System.Globalization;
using System.Security.Cryptography;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// The files beside a model that hold its tensors (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md). Each is opened once. Names lead
/// nowhere but into the model's own folder, and through links of it into folders that the user named.
/// </summary>
internal sealed class OnnxExternalData(ArtifactFile model, ReadLimits limits, CancellationToken cancellationToken)
{
    private const int MaxFiles = 10_000;
    private const int HashBlockBytes = 1 << 20;

    /// <summary>What ONNX Runtime writes for data that lie in its own memory.</summary>
    private const string MemoryAddressMark = "_ORT_MEM_ADDR_";

    private readonly Dictionary<string, ArtifactFile> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _verified = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unknownKeys = new(StringComparer.Ordinal);
    private readonly List<ArtifactFile> _files = [];

    /// <summary>The files in order of first use.</summary>
    public IReadOnlyList<ArtifactFile> Files => _files;

    /// <summary>What a person should know.</summary>
    public IEnumerable<string> Notes =>
        _unknownKeys.Count == 0 ? [] : [$"external_data has keys that ONNX does not define, which were passed over: {Printable.Text(string.Join(", ", _unknownKeys))}"];

    /// <summary>Opens the file that a tensor names and finds the run of bytes in it.</summary>
    public OnnxExternalRun Locate(OnnxTensorProto proto, string name)
    {
        string? location = null;
        string? checksum = null;
        long offset = 0;
        long? length = null;
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach ((string key, string value) in proto.ExternalData)
        {
            if (!keys.Add(key))
                throw proto.Fault(ArtifactCodes.Malformed, $"external_data has the key '{Printable.Text(key)}' twice", name);
            switch (key)
            {
                case "location":
                    location = value;
                    break;
                case "offset":
                    offset = Number(proto, name, key, value);
                    break;
                case "length":
                    length = Number(proto, name, key, value);
                    break;
                case "checksum":
                    checksum = value;
                    break;
                case "basepath":
                    // Written by the reference's own loader for itself; the model's folder is the base in any case.
                    break;
                default:
                    if (_unknownKeys.Count < 10)
                        _unknownKeys.Add(key);
                    break;
            }
        }

        if (location is null)
            throw proto.Fault(ArtifactCodes.Malformed, $"the tensor lies in another file, but external_data gives no location", name);
        ArtifactFile file = Open(proto, name, location);
        if (offset > file.Length || length > file.Length - offset)
        {
            throw proto.Fault(
                ArtifactCodes.TensorOutOfBounds,
                $"the elements should lie at bytes {offset} to {(Int128)offset + (length ?? 0)} of '{Printable.Text(location)}', which has {file.Length} bytes",
                name);
        }

        if (checksum is not null)
            Verify(proto, name, file, location, checksum);
        return new OnnxExternalRun(file, offset, length ?? file.Length - offset);
    }

    /// <summary>Closes all files after a failure.</summary>
    public void Close()
    {
        foreach (ArtifactFile file in _files)
            file.Dispose();
    }

    private static long Number(OnnxTensorProto proto, string name, string key, string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw proto.Fault(ArtifactCodes.Malformed, $"external_data has the {key} '{Printable.Text(value)}', expected a whole number from 0 to 2^63 - 1", name);

    private ArtifactFile Open(OnnxTensorProto proto, string name, string location)
    {
        if (_byName.TryGetValue(location, out ArtifactFile? known))
            return known;
        if (location.Contains(MemoryAddressMark, StringComparison.Ordinal))
            throw proto.Fault(ArtifactCodes.Forbidden, $"the tensor asks for a memory address ('{Printable.Text(location)}') instead of a file", name);
        if (_files.Count >= Math.Min(MaxFiles, limits.MaxTensors))
            throw proto.Fault(ArtifactCodes.LimitExceeded, $"the tensors lie in more than {MaxFiles} files", name);
        try
        {
            ContainedPath path = ContainedPath.Resolve(model, location);
            ArtifactFile? file = _files.Find(f => f.Path == path.Real);
            if (file is null)
            {
                file = ArtifactFile.Open(path);
                _files.Add(file);
            }

            _byName.Add(location, file);
            return file;
        }
        catch (ArtifactException e) when (e.Tensor is null)
        {
            throw new ArtifactException(e.Code, e.Path is null ? e.Message : $"the file '{Printable.Text(location)}' that the tensor names cannot be used: {e.Message}", e)
            {
                Tensor = name,
                Offset = proto.Offset,
            };
        }
    }

    private void Verify(OnnxTensorProto proto, string name, ArtifactFile file, string location, string checksum)
    {
        if (!_verified.Add(file.Path + "\n" + checksum))
            return;
        // The specification names SHA-1 for this key; it guards against damage, not against attack.
#pragma warning disable CA5350
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        byte[] block = new byte[(int)Math.Min(HashBlockBytes, file.Length)];
        for (long at = 0; at < file.Length; at += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> bytes = block.AsSpan(0, (int)Math.Min(block.Length, file.Length - at));
            file.Read(at, bytes);
            hash.AppendData(bytes);
        }

        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (!string.Equals(found, checksum, StringComparison.OrdinalIgnoreCase))
            throw proto.Fault(ArtifactCodes.Malformed, $"the file '{Printable.Text(location)}' has the SHA-1 checksum {found}, the model expects {Printable.Text(checksum)}", name);
    }
}

/// <summary>A run of bytes in a file beside the model.</summary>
internal readonly record struct OnnxExternalRun(ArtifactFile File, long Offset, long Length);
