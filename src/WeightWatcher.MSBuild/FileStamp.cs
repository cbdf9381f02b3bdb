using System.Buffers;
using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using WeightWatcher.Artifacts;

namespace WeightWatcher.MSBuild;

/// <summary>What a file or folder was when it was used, so that a later build can tell whether it still is.</summary>
internal sealed record FileStamp
{
    /// <summary>How much is read at a time: less of it makes hashing a large file half as fast.</summary>
    private const int Block = 1 << 20;

    /// <summary>The full path.</summary>
    public required string Path { get; init; }

    /// <summary>The full path to which <see cref="Path"/> leads with all links followed; length, time and hash are of what is there.</summary>
    public required string Target { get; init; }

    /// <summary>The length in bytes; null for a folder and for what does not exist.</summary>
    public long? Length { get; init; }

    /// <summary>The time of the last change in ticks of UTC; null as <see cref="Length"/>.</summary>
    public long? Modified { get; init; }

    /// <summary>The SHA-256 of the content of a file, of the names in a folder; null for what does not exist.</summary>
    public string? Hash { get; init; }

    /// <summary>Takes the stamp of a file, a folder or a path where nothing is.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="knownHash">The hash of what was read there, in lower-case hexadecimal, when somebody has already computed it.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static FileStamp Take(string path, string? knownHash = null)
    {
        string target = RealPath.OrSame(path);
        FileInfo file = new(target);
        if (file.Exists)
        {
            return new() { Path = path, Target = target, Length = file.Length, Modified = file.LastWriteTimeUtc.Ticks, Hash = knownHash ?? HashOfFile(target, CancellationToken.None) };
        }

        return new() { Path = path, Target = target, Hash = Directory.Exists(target) ? HashOfNames(target) : null };
    }

    /// <summary>
    /// The stamp of today when the content is still the same, else null. The content is read only when length and time leave a doubt: same
    /// length, other time. An older file is as different as a newer one, and so is one to which a link was turned.
    /// </summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    public FileStamp? Refresh(CancellationToken cancellationToken = default)
    {
        if (RealPath.OrSame(Path) != Target)
            return null;
        FileInfo file = new(Target);
        if (Length is null)
            return !file.Exists && Hash == (Directory.Exists(Target) ? HashOfNames(Target) : null) ? this : null;
        if (!file.Exists || file.Length != Length)
            return null;
        if (file.LastWriteTimeUtc.Ticks == Modified)
            return this;
        return HashOfFile(Target, cancellationToken) == Hash ? this with { Modified = file.LastWriteTimeUtc.Ticks } : null;
    }

    private static string HashOfFile(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(stream.Length, 1, Block));
        try
        {
            for (int read = stream.Read(block); read > 0; read = stream.Read(block))
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(block, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The full paths of everything in a folder, in ordinal order. Folders that are links are named and not entered: they may lead in circles.</summary>
    public static IEnumerable<string> EntriesOf(string folder)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 };
        FileSystemEnumerable<string> entries = new(folder, (ref FileSystemEntry e) => e.ToFullPath(), options)
        {
            ShouldRecursePredicate = (ref FileSystemEntry e) => (e.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return entries.Order(StringComparer.Ordinal);
    }

    private static string HashOfNames(string folder) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', EntriesOf(folder)))));

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Path} ({Length?.ToString(CultureInfo.InvariantCulture) ?? "no file"})");
}
