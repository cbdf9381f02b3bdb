using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using WeightWatcher.Codes;

namespace WeightWatcher.Artifacts;

/// <summary>
/// One file of an artifact, opened for reading. Reads are positioned (<c>pread</c>), so that many threads share one handle and a file that
/// shrinks under us gives a coded error instead of the bus error that a memory map would raise.
/// </summary>
public sealed class ArtifactFile : ByteSource, IDisposable
{
    private readonly SafeFileHandle _handle;

    private ArtifactFile(string path, string namedPath, SafeFileHandle handle, ImmutableArray<string> roots)
    {
        Path = path;
        NamedPath = namedPath;
        Roots = roots;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
        // Of the file that was opened: a path may be a link, which has a time of its own.
        LastWriteTimeUtc = File.GetLastWriteTimeUtc(handle);
    }

    /// <summary>The full path that was opened.</summary>
    public string Path { get; }

    /// <summary>The full path under which the user or an artifact names the file, before links out of an artifact's folder were followed to <see cref="Path"/>.</summary>
    internal string NamedPath { get; }

    /// <summary>The full paths of the folders into which links beside the file may lead, besides its own; the user named them.</summary>
    public ImmutableArray<string> Roots { get; }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <summary>The time of the last change when the file was opened.</summary>
    public DateTime LastWriteTimeUtc { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">An existing regular file.</param>
    /// <exception cref="ArtifactException"><c>WWG2001</c> when there is no such file, <c>WWG2009</c> when it cannot be opened.</exception>
    public static ArtifactFile Open(string path) => Open(path, []);

    /// <summary>Opens a file beside which links may lead into some other folders.</summary>
    /// <param name="path">An existing regular file.</param>
    /// <param name="roots">The full paths of those folders.</param>
    /// <exception cref="ArtifactException"><c>WWG2001</c> when there is no such file, <c>WWG2009</c> when it cannot be opened.</exception>
    public static ArtifactFile Open(string path, ImmutableArray<string> roots)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = System.IO.Path.GetFullPath(path);
        return Open(full, full, roots);
    }

    /// <summary>Opens a file that an artifact names.</summary>
    /// <param name="path">An existing regular file.</param>
    /// <exception cref="ArtifactException"><c>WWG2001</c> when there is no such file, <c>WWG2009</c> when it cannot be opened.</exception>
    internal static ArtifactFile Open(ContainedPath path) => Open(path.Real, path.Named, []);

    private static ArtifactFile Open(string full, string namedPath, ImmutableArray<string> roots)
    {
        try
        {
            FileInfo info = new(File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full);
            if (Directory.Exists(full))
                throw new ArtifactException(ArtifactCodes.Unreadable, "expected a file, found a folder") { Path = full };
            // Opening a pipe would block for ever. Pipes, sockets and devices report no length, so nothing without a length is opened.
            if (info.Exists && info.Length == 0)
                throw new ArtifactException(ArtifactCodes.EmptyFile, "the file is empty (or is a pipe or a device)") { Path = full };
            return new ArtifactFile(full, namedPath, File.OpenHandle(full, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.None), roots);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(ArtifactCodes.NotFound, "the file does not exist", e) { Path = full };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ArtifactException(ArtifactCodes.Unreadable, $"the file cannot be opened: {Printable.Text(e.Message)}", e) { Path = full };
        }
    }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        RequireInside(offset, destination.Length);
        while (!destination.IsEmpty)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_handle, destination, offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ArtifactException(ArtifactCodes.Unreadable, $"reading failed: {Printable.Text(e.Message)}", e) { Path = Path, Offset = offset };
            }

            if (read == 0)
                throw new ArtifactException(ArtifactCodes.ChangedWhileReading, "the file became shorter while it was being read") { Path = Path, Offset = offset };
            destination = destination[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
