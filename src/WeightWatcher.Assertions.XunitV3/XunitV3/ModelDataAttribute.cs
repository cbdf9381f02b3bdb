using System.Diagnostics;
using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Xunit;

/// <summary>The base of the theory data of this package: one string per test.</summary>
public abstract class ModelDataAttribute : DataAttribute
{
    private protected ModelDataAttribute()
    {
    }

    /// <inheritdoc/>
    [StackTraceHidden]
    public sealed override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. Values().Select(Row)]);

    /// <summary>True: the names are cheap to read, and the test explorer can show a test for each.</summary>
    public sealed override bool SupportsDiscoveryEnumeration() => true;

    /// <summary>The strings, one per test; never none.</summary>
    private protected abstract IReadOnlyList<string> Values();

    // The label names the test by the whole value; as an argument it would be cut at fifty characters. What else the attribute sets xunit gives to its rows, but not this.
    private ITheoryDataRow Row(string value) => new TheoryDataRow<string>(value) { Label = value, Explicit = ExplicitAsNullable };
}
