using System.Diagnostics;
using WeightWatcher.Assertions;

namespace Xunit;

/// <summary>
/// Gives a theory with one <see cref="string"/> parameter one test per artifact: its path, relative and with <c>/</c>, in ordinal order, for
/// <see cref="ModelAssert.WellTrained(string, string?)"/>. A pattern that matches nothing fails the theory.
/// </summary>
/// <param name="patterns">
/// Patterns such as <c>models/**/*.onnx</c>: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders. Each is looked up in the
/// test's output folder, and in the current directory when nothing there matches.
/// </param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ModelFilesAttribute(params string[] patterns) : ModelDataAttribute
{
    /// <summary>The patterns as they were given.</summary>
    public IReadOnlyList<string> Patterns { get; } = patterns;

    [StackTraceHidden]
    private protected override IReadOnlyList<string> Values() => ModelCheck.FilePaths(Patterns);
}
