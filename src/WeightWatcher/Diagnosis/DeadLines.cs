using System.Collections.Immutable;

namespace WeightWatcher.Diagnosis;

/// <summary>Rows or columns of a matrix that carry nothing beside the others.</summary>
internal static class DeadLines
{
    /// <summary>A line is dead when its root mean square is at most this share of that of the ninth decile of the lines, or zero.</summary>
    public const double Share = 1e-6;

    /// <summary>The number of dead lines.</summary>
    /// <param name="squares">The sum of squares of each line.</param>
    public static int Count(ImmutableArray<double> squares)
    {
        double[] sorted = [.. squares];
        Array.Sort(sorted);
        double limit = sorted[(int)(0.9 * (sorted.Length - 1))] * Share * Share;
        int dead = 0;
        while (dead < sorted.Length && sorted[dead] <= limit)
            dead++;
        return dead;
    }
}
