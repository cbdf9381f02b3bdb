using System.Diagnostics;
using System.Reflection;
using Xunit.Sdk;

namespace Xunit;

/// <summary>The base of the theory data of this package: one string per test.</summary>
public abstract class ModelDataAttribute : DataAttribute
{
    private protected ModelDataAttribute()
    {
    }

    /// <inheritdoc/>
    [StackTraceHidden]
    public sealed override IEnumerable<object[]> GetData(MethodInfo testMethod) => [.. Values().Select(value => new object[] { value })];

    /// <summary>The strings, one per test; never none.</summary>
    private protected abstract IReadOnlyList<string> Values();
}
