using System.Diagnostics;
using WeightWatcher.Assertions;

namespace Xunit;

/// <summary>
/// Gives a theory with one <see cref="string"/> parameter one test per layer of a model: the layer's name, for
/// <see cref="ModelAssert.LayerMeetsPolicy(string, string, string?)"/>. Finding the tests reads names and shapes, no weights; a model that is missing,
/// malformed or without layers fails the theory.
/// </summary>
/// <param name="path">The artifact; a relative path is looked up in the test's output folder, then in the current directory.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ModelLayersAttribute(string path) : ModelDataAttribute
{
    /// <summary>The artifact as it was given.</summary>
    public string Path { get; } = path;

    /// <summary>The policy, a file or a built-in name, whose <c>analysis</c> and <c>layers</c> select the layers; null for <c>well-trained</c>.</summary>
    public string? Policy { get; set; }

    [StackTraceHidden]
    private protected override IReadOnlyList<string> Values() => ModelCheck.LayerNames(Path, Policy ?? BuiltInPolicy.WellTrained);
}
