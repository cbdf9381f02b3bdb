namespace WeightWatcher.MSBuild;

/// <summary>Lists in properties.</summary>
internal static class PropertyList
{
    /// <summary>
    /// The trimmed parts that are not empty. MSBuild has split the list at its semicolons already, but not at those that a command line
    /// had to write as <c>%3B</c>.
    /// </summary>
    public static IEnumerable<string> Split(IEnumerable<string> parts) =>
        parts.SelectMany(p => p.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
