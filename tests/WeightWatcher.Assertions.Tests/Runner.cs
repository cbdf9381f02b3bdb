namespace WeightWatcher.Assertions.Tests;

/// <summary>The ways in which people run xunit tests.</summary>
public enum Runner
{
    /// <summary>xunit v2 under <c>dotnet test</c>.</summary>
    XunitV2,

    /// <summary>xunit v3 under <c>dotnet test</c> with VSTest.</summary>
    XunitV3,

    /// <summary>xunit v3 under <c>dotnet test</c> with the testing platform's own runner.</summary>
    XunitV3Platform,
}
