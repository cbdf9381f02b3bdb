using System.Reflection;

namespace WeightWatcher;

/// <summary>Which tool this is.</summary>
internal static class Tool
{
    /// <summary>The version of the package, without build metadata.</summary>
    public static string Version { get; } =
        typeof(Tool).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
