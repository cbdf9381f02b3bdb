namespace WeightWatcher.Caching;

/// <summary>
/// Rows of layers kept by content in a folder that builds, tests and target frameworks share, so that a layer is measured once per machine.
/// Whatever is wrong with the folder or an entry costs time and nothing else: a row that cannot be read is measured and written again.
/// </summary>
/// <remarks>
/// An entry is a file <c>&lt;first byte of the key&gt;/&lt;rest&gt;</c>, written beside its place and moved into it, so that a reader sees all of it or nothing and the last of
/// two writers wins with the same bytes. The checksum finds accidents, not intent: who may write to the folder may say what is in the rows.
/// </remarks>
internal sealed class LayerCache
{
    /// <summary>The disk space that entries take at most, unless stated: 256 MB.</summary>
    public const long DefaultMostBytes = 256L << 20;

    private readonly string _folder;
    private readonly CacheTrim _trim;
    private readonly TimeProvider _clock;
    private long _hits, _misses, _damaged, _stored;
    private volatile string? _note;

    /// <summary>Opens a cache; nothing is read or written yet.</summary>
    /// <param name="folder">The full path of the folder, which need not exist.</param>
    /// <param name="mostBytes">The disk space that entries may take together.</param>
    /// <param name="clock">The time of use of an entry, or null for the system's.</param>
    public LayerCache(string folder, long mostBytes = DefaultMostBytes, TimeProvider? clock = null)
    {
        _folder = folder;
        _clock = clock ?? TimeProvider.System;
        _trim = new CacheTrim(mostBytes / Folders, _clock);
    }

    /// <summary>How many folders the entries are spread over: one per first byte of the key.</summary>
    internal const int Folders = 256;

    /// <summary>How many rows were found.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>How many were not, damaged ones included.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>How many of those were there but could not be read or were not what was written.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>How many rows were written.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Why the folder could not be written, in one sentence; null while it can.</summary>
    public string? Note => _note;

    /// <summary>The row of a layer, or null when it must be measured.</summary>
    /// <param name="key">The layer's key.</param>
    /// <param name="layer">A row that identifies the layer; the result is this row with what was measured.</param>
    public LayerReport? Find(LayerKey key, LayerReport layer)
    {
        string path = PathOf(key);
        try
        {
            if (ReadEntry(path) is { } bytes)
            {
                if (LayerEntry.TryDecode(bytes, key, layer, out LayerReport? row))
                {
                    _trim.Touch(path);
                    Interlocked.Increment(ref _hits);
                    return row;
                }

                Interlocked.Increment(ref _damaged);
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            Interlocked.Increment(ref _damaged);
        }

        Interlocked.Increment(ref _misses);
        return null;
    }

    /// <summary>Keeps a row.</summary>
    public void Store(LayerKey key, LayerReport row)
    {
        if (Store(key.Hash.Span, LayerEntry.Encode(key, row)))
            Interlocked.Increment(ref _stored);
    }

    /// <summary>Takes over what was kept about an artifact's files.</summary>
    /// <returns>False when nothing was kept of files of these paths, lengths and times.</returns>
    public bool TryRead(ArtifactHashes hashes) => TryRead(hashes, hashes.Key);

    /// <summary>Takes over what was kept about files with the same bytes, wherever they were.</summary>
    /// <param name="hashes">Receives the hashes of the tensors.</param>
    /// <param name="files">The hash of the files' bytes.</param>
    /// <returns>False when nothing was kept of them.</returns>
    public bool TryReadContent(ArtifactHashes hashes, string files) => TryRead(hashes, hashes.ContentKey(files));

    /// <summary>Keeps the hashes of an artifact, for its files as they are and for others with the same bytes.</summary>
    public void Store(ArtifactHashes hashes)
    {
        Store(hashes.Key, hashes.Encode(hashes.Key));
        byte[] content = hashes.ContentKey(hashes.Files);
        Store(content, hashes.Encode(content));
    }

    /// <summary>Where the entry of a key is.</summary>
    internal string PathOf(LayerKey key) => PathOf(key.Hash.Span);

    private bool TryRead(ArtifactHashes hashes, byte[] key)
    {
        string path = PathOf(key);
        try
        {
            if (ReadEntry(path) is not { } bytes || !hashes.TryRead(bytes, key))
                return false;
            _trim.Touch(path);
            return true;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            return false;
        }
    }

    private string PathOf(ReadOnlySpan<byte> key)
    {
        string text = Convert.ToHexStringLower(key);
        return Path.Combine(_folder, text[..2], text[2..]);
    }

    private bool Store(ReadOnlySpan<byte> key, byte[] entry)
    {
        // A folder that refused once would refuse every layer of the model.
        if (_note is not null)
            return false;
        try
        {
            string path = PathOf(key), folder = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(folder);
            WriteWhole(path, entry);
            if (CacheTrim.IsDue(key))
                _trim.Run(folder);
            return true;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            _note = $"the cache folder {_folder} is not used: {e.Message}".ReplaceLineEndings(" ");
            return false;
        }
    }

    private static byte[]? ReadEntry(string path)
    {
        if (!File.Exists(path))
            return null;
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        if (stream.Length > LayerEntry.LongestBytes)
            return [];
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void WriteWhole(string path, byte[] bytes)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{CacheTrim.TemporarySuffix}";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            DeleteQuietly(temporary);

            // Where open files cannot be replaced, a reader of the same entry is in the way; it has what this one would write.
            if (!File.Exists(path))
                throw;
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            // The next trim takes it.
        }
    }

    private static bool IsTrouble(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or System.Security.SecurityException;
}
