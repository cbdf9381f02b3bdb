using WeightWatcher.Codes;

namespace WeightWatcher.Artifacts;

/// <summary>The path of a file that is named inside an artifact: one in the artifact's own folder, or in one that the user named.</summary>
/// <param name="Named">The full path in the artifact's folder, as the artifact names it.</param>
/// <param name="Real">The full path of the file to which that leads, with all links followed.</param>
/// <remarks>
/// The name is untrusted: it may be absolute, climb with <c>..</c>, or lead out through a symbolic link at any level. The text is checked first,
/// with both kinds of separators on every system, then the file that it leads to, with all links followed. Folders that the user named widen only where a link of the
/// artifact's folder may end: a name is still one in that folder.
/// </remarks>
internal sealed record ContainedPath(string Named, string Real)
{
    /// <summary>Turns a name into the path of a file, which exists, or refuses it.</summary>
    /// <param name="artifact">The artifact, with the folders into which links beside it may lead.</param>
    /// <param name="name">The name as the artifact gives it, relative to that folder.</param>
    /// <param name="allowBlobStore">
    /// True to follow links into the <c>blobs</c> folder of a Hugging Face cache when the artifact lies in one of its <c>snapshots</c>: there every file of a model is such a link.
    /// </param>
    /// <exception cref="ArtifactException">
    /// <c>WWG2016</c> when the name leads out of the folder, <c>WWG2017</c> when there is no such file, <c>WWG2010</c> when it is no name at all.
    /// </exception>
    public static ContainedPath Resolve(ArtifactFile artifact, string name, bool allowBlobStore = false)
    {
        string shown = Printable.Text(name);
        if (name.Length == 0)
            throw new ArtifactException(ArtifactCodes.Malformed, "the name of a referenced file is empty");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new ArtifactException(ArtifactCodes.Malformed, $"the name '{shown}' of a referenced file holds a zero character");
        if (name[0] is '/' or '\\' || (name.Length >= 2 && name[1] == ':' && char.IsAsciiLetter(name[0])))
            throw Escapes(shown, "is absolute");
        string[] parts = [.. name.Split('/', '\\').Where(part => part is not ("" or "."))];
        if (parts.Contains(".."))
            throw Escapes(shown, "climbs with '..'");
        if (parts.Length == 0)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the name '{shown}' is that of a folder, not of a file");

        string folder = Path.GetDirectoryName(artifact.Path) ?? artifact.Path;
        string path = Path.Combine([folder, .. parts]);
        try
        {
            string real = RealPath.Of(path);
            string root = RealPath.Of(folder);
            bool isInside = IsBelow(real, root) || (allowBlobStore && BlobStore(root) is { } blobs && IsBelow(real, RealPath.Of(blobs)))
                || artifact.Roots.Any(named => IsBelow(real, RealPath.Of(named)));
            if (!isInside)
                throw Escapes(shown, artifact.Roots.IsEmpty ? "leads through a link" : "leads through a link into none of the folders of 'external_roots'");
            if (Directory.Exists(real))
                throw new ArtifactException(ArtifactCodes.Malformed, $"the name '{shown}' is that of a folder, not of a file");
            if (!File.Exists(real))
                throw new ArtifactException(ArtifactCodes.ReferencedFileMissing, $"the file '{shown}' that the artifact names is not in its folder") { MissingFile = name };
            return new(path, real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ArtifactException(ArtifactCodes.Unreadable, $"the file '{shown}' that the artifact names cannot be looked up: {Printable.Text(e.Message)}", e);
        }
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The folder of blobs beside <c>snapshots/revision</c>, or null when the folder is no such revision.</summary>
    private static string? BlobStore(string folder)
    {
        string? snapshots = Path.GetDirectoryName(folder);
        return snapshots is not null && Path.GetFileName(snapshots) == "snapshots" ? Path.Combine(Path.GetDirectoryName(snapshots)!, "blobs") : null;
    }

    private static ArtifactException Escapes(string shown, string how) =>
        new(ArtifactCodes.PathEscapes, $"the name '{shown}' of a referenced file {how}; only files in the artifact's own folder are read");
}
