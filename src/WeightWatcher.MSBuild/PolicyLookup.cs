namespace WeightWatcher.MSBuild;

/// <summary>Finds the policy of a project.</summary>
internal static class PolicyLookup
{
    /// <summary>The name under which a policy is found without being named.</summary>
    public const string FileName = "weightwatcher.yml";

    /// <summary>The built-in policy of projects that have none.</summary>
    public const string Default = "well-trained";

    /// <summary>
    /// The nearest <see cref="FileName"/>, from a folder up to the root of its repository (the folder that holds <c>.git</c>, a folder or,
    /// in a worktree, a file) or of the file system; null when there is none.
    /// </summary>
    public static string? Nearest(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, FileName);
            if (File.Exists(candidate))
                return candidate;
            if (Path.Exists(Path.Combine(at.FullName, ".git")))
                return null;
        }

        return null;
    }

    /// <summary>Whether a name is that of a built-in policy; nothing is read for that.</summary>
    public static bool IsBuiltIn(string name) => Policy.BuiltInNames.Contains(name);

    /// <summary>The built-in policy of a name, or null.</summary>
    public static Policy? BuiltIn(string name) => name switch
    {
        "well-trained" => Policy.WellTrained,
        "no-regression" => Policy.NoRegression,
        _ => null,
    };
}
