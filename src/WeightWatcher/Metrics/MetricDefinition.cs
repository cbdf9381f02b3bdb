namespace WeightWatcher.Metrics;

/// <summary>A column of the report that rules can use.</summary>
/// <param name="Name">The column name, as the Python tool writes it where that has the column.</param>
/// <param name="IsCount">True when every value is a whole number, and is written as one.</param>
/// <param name="Description">What it is, its unit and its range, in one sentence.</param>
/// <param name="Advice">What an unusual value usually means and what to do next, in one sentence.</param>
public sealed record MetricDefinition(string Name, bool IsCount, string Description, string Advice);
