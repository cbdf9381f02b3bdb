using System.Collections.Immutable;
using System.Reflection;

namespace WeightWatcher.Codes;

/// <summary>Every code of every family.</summary>
public static class DiagnosticCatalog
{
    /// <summary>All codes in ascending order of their ids.</summary>
    public static ImmutableArray<DiagnosticCode> All { get; } =
    [
        .. new[] { typeof(PolicyViolationCodes), typeof(ArtifactCodes), typeof(PolicyFileCodes), typeof(BaselineCodes), typeof(EnvironmentCodes) }
            .SelectMany(family => family.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => field.GetValue(null))
            .OfType<DiagnosticCode>()
            .OrderBy(code => code.Id, StringComparer.Ordinal),
    ];

    /// <summary>Finds a code by its id, for example <c>WWG2003</c>, or null.</summary>
    public static DiagnosticCode? Find(string id) => All.FirstOrDefault(code => code.Id == id);
}
