namespace WeightWatcher.Assertions;

/// <summary>Where the files come from that a test sees as copies in its output folder, as the build noted it.</summary>
internal sealed class BaselineSources
{
    /// <summary>The name of the note: the project's folder, then a line <c>copy|source</c> for each baseline file.</summary>
    public const string FileName = "WeightWatcher.Sources.txt";

    private readonly string _output;
    private readonly string[] _lines;

    /// <summary>Reads the note of an output folder.</summary>
    public BaselineSources(string outputFolder)
    {
        _output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputFolder));
        string note = Path.Combine(_output, FileName);
        _lines = File.Exists(note) ? File.ReadAllLines(note) : [];
    }

    /// <summary>The folder of the test project, or null when the build noted nothing or it is gone.</summary>
    public string? Project => _lines.Length > 0 && Directory.Exists(_lines[0]) ? _lines[0] : null;

    /// <summary>The file that a file stands for: itself outside of the output folder, else what it was copied from, or, when nothing was copied there, its place in the project.</summary>
    /// <param name="path">A full path.</param>
    /// <returns>A full path, or null when the build noted nothing.</returns>
    public string? Of(string path)
    {
        if (!path.StartsWith(_output + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return path;
        string relative = path[(_output.Length + 1)..];
        foreach (string line in _lines.Skip(1))
        {
            int bar = line.IndexOf('|', StringComparison.Ordinal);
            if (bar > 0 && line[..bar].Replace('\\', '/') == relative.Replace('\\', '/'))
                return Path.GetFullPath(line[(bar + 1)..]);
        }

        return _lines.Length == 0 ? null : Path.GetFullPath(relative, _lines[0]);
    }
}
