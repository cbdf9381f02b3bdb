namespace WeightWatcher.Assertions;

/// <summary>Where measured layers are kept: the folder that builds use too, unless the variable <c>WEIGHTWATCHER_CACHE</c> names another or says <c>off</c>.</summary>
internal static class CacheFolder
{
    /// <summary>The name of the variable.</summary>
    public const string Variable = "WEIGHTWATCHER_CACHE";

    /// <summary>The full path of this process's folder, or null to keep nothing.</summary>
    public static string? OfProcess => Of(
        Environment.GetEnvironmentVariable(Variable),
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        Environment.CurrentDirectory);

    /// <summary>The full path of the folder, or null to keep nothing.</summary>
    /// <param name="variable">The variable's value; null or empty for the folder of the user.</param>
    /// <param name="userData">The folder of the user's data on this machine; empty where there is none.</param>
    /// <param name="currentDirectory">What a relative path starts from.</param>
    public static string? Of(string? variable, string userData, string currentDirectory)
    {
        string value = variable?.Trim() ?? "";
        if (value.Equals("off", StringComparison.OrdinalIgnoreCase))
            return null;
        if (value.Length > 0)
            return Path.GetFullPath(value, currentDirectory);
        return userData.Length == 0 ? null : Path.Combine(userData, "weightwatcher", "cache");
    }
}
