using System.Collections.Concurrent;

namespace WeightWatcher.MSBuild;

/// <summary>The policies of a run, each read once. Safe for concurrent use.</summary>
internal sealed class PolicyStore(GateSettings settings)
{
    private readonly ConcurrentDictionary<string, Lazy<Policy>> _policies = new(StringComparer.Ordinal);

    /// <summary>Which policy judges an artifact: a full path, the name of a built-in one, or null for <c>well-trained</c>.</summary>
    public string? PathFor(ModelItem item) => item.Policy ?? settings.PolicyFile ?? PolicyLookup.Nearest(settings.ProjectDirectory);

    /// <summary>Reads a policy.</summary>
    /// <exception cref="PolicyException">It cannot be used; said again each time.</exception>
    public Policy Load(string? policy)
    {
        if (policy is null)
            return Policy.WellTrained;
        return _policies.GetOrAdd(policy, path => new Lazy<Policy>(() => PolicyLookup.BuiltIn(path) ?? Policy.Load(path))).Value;
    }
}
