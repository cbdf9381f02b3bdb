using System.Collections.Immutable;
using WeightWatcher.Fitting;

namespace WeightWatcher.Metrics;

/// <summary>Collects the measurements of one layer and puts them in the order of the catalogue.</summary>
internal sealed class MetricRow
{
    private readonly Dictionary<string, Measurement> _values = [];

    /// <summary>An empty row.</summary>
    public MetricRow()
    {
    }

    /// <summary>A row that has columns already.</summary>
    public MetricRow(ImmutableArray<KeyValuePair<string, Measurement>> columns)
    {
        foreach ((string metric, Measurement value) in columns)
            _values[metric] = value;
    }

    /// <summary>Sets a column.</summary>
    public void Set(string metric, Measurement value) => _values[metric] = value;

    /// <summary>A column that was set before, as an outcome.</summary>
    public Outcome<double> this[string metric] => !_values.TryGetValue(metric, out Measurement value)
        ? Outcome.NotApplicable<double>("not computed with these options")
        : value.Status switch
        {
            MeasurementStatus.Measured => Outcome.Success(value.Value),
            MeasurementStatus.NotApplicable => Outcome.NotApplicable<double>(value.Reason!),
            _ => Outcome.Failed<double>(value.Reason!),
        };

    /// <summary>Sets a column that has a value.</summary>
    public void Set(string metric, double value) => _values[metric] = Measurement.Of(value);

    /// <summary>Sets a column from the outcome of an estimator.</summary>
    public void Set(string metric, Outcome<double> outcome) => _values[metric] = Of(outcome);

    /// <summary>Sets columns from one estimator: its values, or the same reason for all.</summary>
    public void Set<T>(Outcome<T> outcome, params ReadOnlySpan<(string Metric, Func<T, double> Value)> columns)
        where T : notnull
    {
        foreach ((string metric, Func<T, double> value) in columns)
            Set(metric, outcome.Select(value));
    }

    /// <summary>Marks every column that has no value yet as failed.</summary>
    public void FailOthers(IEnumerable<string> metrics, string reason)
    {
        foreach (string metric in metrics)
            _values.TryAdd(metric, Measurement.Failed(reason));
    }

    /// <summary>The measurements in the order of <see cref="MetricCatalog.Layer"/>.</summary>
    public ImmutableArray<KeyValuePair<string, Measurement>> ToColumns() =>
        [.. MetricCatalog.Layer.Where(m => _values.ContainsKey(m.Name)).Select(m => KeyValuePair.Create(m.Name, _values[m.Name]))];

    private static Measurement Of(Outcome<double> outcome) => outcome.Kind switch
    {
        OutcomeKind.Success => Measurement.Of(outcome.Value),
        OutcomeKind.NotApplicable => Measurement.NotApplicable(outcome.Reason),
        _ => Measurement.Failed(outcome.Reason),
    };
}
