using System.Reflection;
using System.Text.RegularExpressions;

namespace WeightWatcher.Tests.Architecture;

/// <summary>Data flows one way: a folder uses only the folders before it. Read off the compiled types, and off the sources where types share the root namespace.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Order =
    [
        "Codes", "LinearAlgebra", "Distributions", "Artifacts", "Checkpoints", "Layers", "Spectra", "Fitting", "Metrics", "Diagnosis", "Caching", "Baselines", "Execution", "Policies", "Accepting", "Reports",
    ];

    private static readonly Assembly Core = typeof(ModelAnalyzer).Assembly;

    [Fact]
    public void A_folder_uses_only_the_folders_before_it()
    {
        List<string> wrong = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Reference.RepositoryRoot, "src", "WeightWatcher"), "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetRelativePath(Path.Combine(Reference.RepositoryRoot, "src", "WeightWatcher"), file).Split(Path.DirectorySeparatorChar)[0];
            int own = Array.IndexOf(Order, folder);
            if (own < 0)
                continue;
            foreach (Match match in FolderReference().Matches(File.ReadAllText(file)))
            {
                if (Array.IndexOf(Order, match.Groups[1].Value) > own)
                    wrong.Add($"{folder}/{Path.GetFileName(file)} uses {match.Groups[1].Value}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_has_its_place_in_the_order()
    {
        IEnumerable<string> folders = Core.GetTypes().Select(t => t.Namespace).OfType<string>().Where(n => n.StartsWith("WeightWatcher.", StringComparison.Ordinal))
            .Select(n => n.Split('.')[1]).Distinct();
        Assert.Empty(folders.Except(Order));
    }

    [Fact]
    public void The_core_knows_no_MSBuild_no_xunit_and_no_Roslyn() =>
        Assert.DoesNotContain(Core.GetReferencedAssemblies(), a => Forbidden().IsMatch(a.Name!));

    [Fact]
    public void Kernels_know_no_file_and_no_layer()
    {
        string[] kernels = ["WeightWatcher.LinearAlgebra", "WeightWatcher.Distributions", "WeightWatcher.Fitting"];
        IEnumerable<Type> used = Core.GetTypes().Where(t => kernels.Any(k => t.Namespace == k || t.Namespace?.StartsWith(k + ".", StringComparison.Ordinal) == true))
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType));
        Assert.DoesNotContain(used, t => t.Namespace is "WeightWatcher.Layers" or "WeightWatcher.Checkpoints" or "WeightWatcher.Artifacts");
    }

    [Fact]
    public void No_type_keeps_state_that_threads_could_share() =>
        Assert.Empty(Core.GetTypes().Where(t => t.Namespace?.StartsWith("WeightWatcher", StringComparison.Ordinal) == true && !t.Name.Contains('<', StringComparison.Ordinal))
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(f => !f.IsInitOnly && !f.IsLiteral && !f.Name.Contains('<', StringComparison.Ordinal))
            .Select(f => $"{f.DeclaringType}.{f.Name}"));

    [GeneratedRegex(@"^(?:Microsoft\.Build|xunit|Microsoft\.CodeAnalysis)", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\bWeightWatcher\.(\w+)")]
    private static partial Regex FolderReference();
}
