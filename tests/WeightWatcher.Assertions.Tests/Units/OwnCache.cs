using System.Runtime.CompilerServices;

namespace WeightWatcher.Assertions.Tests.Units;

/// <summary>Assertions that run in this process leave the cache of the machine's user alone.</summary>
internal static class OwnCache
{
#pragma warning disable CA2255 // A test assembly is an application: there is no earlier place than this.
    [ModuleInitializer]
    internal static void SwitchOff() => Environment.SetEnvironmentVariable(CacheFolder.Variable, "off");
#pragma warning restore CA2255
}
