namespace WeightWatcher.Layers;

/// <summary>
/// Patterns on layer names. <c>*</c> (and <c>**</c>, the same) stands for any characters, dots and slashes included, also for none;
/// <c>?</c> for exactly one UTF-16 unit; everything else for itself, case-sensitively and without culture.
/// </summary>
internal static class Glob
{
    /// <summary>Whether a name matches a pattern.</summary>
    /// <param name="pattern">The pattern; the empty pattern matches the empty name only.</param>
    /// <param name="name">The whole name; a pattern never matches a part of it unless it says so with <c>*</c>.</param>
    /// <remarks>
    /// Greedy with a single point of return, since an earlier <c>*</c> never needs to grow once a later one was reached: at most
    /// pattern length times name length steps, no recursion, no allocation.
    /// </remarks>
    public static bool IsMatch(string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(name);
        int p = 0;
        int n = 0;
        int star = -1;
        int retry = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                retry = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++retry;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    /// <summary>Whether a name matches at least one of the patterns.</summary>
    public static bool IsMatchAny(IEnumerable<string> patterns, string name)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        foreach (string pattern in patterns)
        {
            if (IsMatch(pattern, name))
                return true;
        }

        return false;
    }
}
