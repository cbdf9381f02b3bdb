using System.Globalization;

namespace WeightWatcher;

/// <summary>A change for the worse that somebody accepted, with the reason. Rules compare with the accepted value.</summary>
public sealed record AcceptedChange
{
    /// <summary>What is accepted of a layer besides its metrics: that it is gone, new, renamed or reshaped.</summary>
    internal const string Removed = "removed", Added = "added", Renamed = "renamed", Reshaped = "reshaped";

    /// <summary>The layer, or null for a value of the whole model.</summary>
    public string? Layer { get; init; }

    /// <summary>The slice of the layer when slices are not pooled, or null.</summary>
    public int? SliceId { get; init; }

    /// <summary>The rule whose value of the whole model it is, or null for a layer.</summary>
    public string? Rule { get; init; }

    /// <summary>How the rule makes one value of the layers' values, or null.</summary>
    public string? Aggregate { get; init; }

    /// <summary>The metric; or <c>removed</c>, <c>added</c>, <c>renamed</c> or <c>reshaped</c> for the layer itself.</summary>
    public required string Metric { get; init; }

    /// <summary>What rules compared with before, and compare with again when the acceptance has expired; null for the layer itself.</summary>
    public double? From { get; init; }

    /// <summary>The accepted value, which rules compare with; null for the layer itself.</summary>
    public double? To { get; init; }

    /// <summary>Why, in the words of whoever accepted it.</summary>
    public required string Reason { get; init; }

    /// <summary>The last day (UTC) on which it holds, or null when it holds for good.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Its line in the file, from 1; 0 when it comes from no file.</summary>
    public int Line { get; init; }

    /// <summary>Whether it is about the layer itself and not about a metric.</summary>
    internal bool IsStructural => Metric is Removed or Added or Renamed or Reshaped;

    /// <summary>Whether it holds on a day.</summary>
    public bool HoldsOn(DateOnly day) => Until is not { } last || day <= last;

    /// <summary>Whether it stands for the same value.</summary>
    internal bool IsOf(string? layer, int? slice, string? rule, string metric, string? aggregate) =>
        Layer == layer && SliceId == slice && Rule == rule && Metric == metric && Aggregate == aggregate;

    /// <summary>Its last day as text, or null.</summary>
    internal string? UntilText => Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
