using System.Xml.Linq;

namespace WeightWatcher.Assertions.Tests;

/// <summary>What the scenarios take from the repository itself.</summary>
internal static class RepositoryFiles
{
    /// <summary>The root of the repository, found from the test's own folder upwards.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The version of a package that the repository builds and tests with.</summary>
    public static string VersionOf(string package) => XDocument.Load(Path.Combine(Root, "Directory.Packages.props"))
        .Descendants("PackageVersion")
        .Single(element => (string?)element.Attribute("Include") == package)
        .Attribute("Version")!.Value;

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
