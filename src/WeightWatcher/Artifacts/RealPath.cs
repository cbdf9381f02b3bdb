namespace WeightWatcher.Artifacts;

/// <summary>Where a path leads. The length and time that a file system gives for a link are those of the link, not of the file that is read through it.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path with the links of all its folders and its own followed; what does not exist is left as it is.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        int linksLeft = MaxLinks;
        return Of(path, ref linksLeft);
    }

    /// <summary>As <see cref="Of(string)"/>, and the path itself where links lead in a circle, which is where no file is.</summary>
    /// <param name="path">A full path.</param>
    public static string OrSame(string path)
    {
        try
        {
            return Of(path);
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static string Of(string path, ref int linksLeft)
    {
        string root = Path.GetPathRoot(path)!;
        string real = root;
        foreach (string part in path[root.Length..].Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar))
        {
            if (part.Length == 0)
                continue;
            real = Path.Combine(real, part);
            if (new FileInfo(real).LinkTarget is not { } target)
                continue;
            if (linksLeft-- == 0)
                throw new IOException("too many levels of links");
            real = Of(Path.GetFullPath(target, Path.GetDirectoryName(real)!), ref linksLeft);
        }

        return real;
    }
}
