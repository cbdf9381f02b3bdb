namespace WeightWatcher.Tests;

/// <summary>The folder of real models and expected values beside the repository; tests that need it are skipped where it is absent.</summary>
internal static class Reference
{
    /// <summary>The root of this repository, found from the test's own folder upwards.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static string Folder => Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "reference"));

    /// <summary>The full path of a file or folder of the reference, or skips the calling test when it is not there.</summary>
    public static string Require(params string[] parts)
    {
        string path = Path.Combine([Folder, .. parts]);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"the reference folder has no {string.Join('/', parts)}");
        return path;
    }

    /// <summary>The files of a folder of the reference; empty when it is not there (so that theories skip rather than fail).</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string path = Path.Combine(Folder, folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [];
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WeightWatcher.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("the tests must run from inside the repository");
    }
}
