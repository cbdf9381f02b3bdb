using System.Text;

namespace WeightWatcher.Tests.Reports;

/// <summary>Reports whose every byte is kept in the repository. With <c>WEIGHTWATCHER_GOLDEN=write</c> a run writes them anew, and fails, for a person to look at.</summary>
internal static class Golden
{
    public static void Verify(string name, byte[] actual)
    {
        string path = Path.Combine(Reference.RepositoryRoot, "tests", "WeightWatcher.Tests", "Reports", "Golden", name);
        if (Environment.GetEnvironmentVariable("WEIGHTWATCHER_GOLDEN") == "write")
        {
            File.WriteAllBytes(path, actual);
            Assert.Fail($"{name} was written; look at it and run the tests without the variable");
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), Encoding.UTF8.GetString(actual));
    }
}
