namespace WeightWatcher.Policies;

/// <summary>Finds the word that a writer probably meant.</summary>
internal static class DidYouMean
{
    /// <summary>The longest word that is compared; nothing longer is a slip of one of ours.</summary>
    private const int MaxLength = 64;

    /// <summary>A suffix for a message, <c>; did you mean 'alpha'?</c>, or the empty string when nothing is near.</summary>
    public static string Suffix(string written, IEnumerable<string> known) => Find(written, known) is { } word ? $"; did you mean '{word}'?" : "";

    /// <summary>The nearest known word by edit distance when at most a third of it was mistyped, or null. Of several the first.</summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        if (written.Length > MaxLength)
            return null;
        string folded = Fold(written);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string word in known)
        {
            int distance = Distance(folded, Fold(word));
            if (distance < bestDistance && distance <= Math.Max(1, Math.Min(written.Length, word.Length) / 3))
            {
                best = word;
                bestDistance = distance;
            }
        }

        return best;
    }

    // Case, and which of '-', '_' and ' ' joins two words, are the commonest slips and count as none.
    private static string Fold(string word) => word.ToLowerInvariant().Replace('-', '_').Replace(' ', '_');

    /// <summary>The number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.</summary>
    public static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int substitution = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(substitution, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }

        return distance[a.Length, b.Length];
    }
}
