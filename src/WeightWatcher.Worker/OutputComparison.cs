using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>
/// The drift of an output y from a baseline's b, over all elements of all runs: max |y - b| / max |b|. Equal elements, infinite ones too, do not differ; the largest
/// magnitude is that of the finite elements. Where the baseline gives nothing but zeros the drift is 0 when the model does too, and infinite otherwise. Of text it is 1 when
/// any element is another.
/// </summary>
internal static class OutputComparison
{
    /// <summary>The outputs of the model with their drift; those that the baseline does not have keep none.</summary>
    /// <exception cref="WorkerException">The outputs cannot be compared.</exception>
    public static IReadOnlyList<WorkerOutput> Of(IReadOnlyList<WorkerOutput> outputs, IReadOnlyList<OutputTable> now, IReadOnlyList<OutputTable> before)
    {
        Dictionary<string, (double Difference, double Scale)> found = new(StringComparer.Ordinal);
        for (int run = 0; run < before.Count; run++)
        {
            Dictionary<string, OutputValues> own = now[run].Values.ToDictionary(values => values.Name, StringComparer.Ordinal);
            foreach (OutputValues expected in before[run].Values)
            {
                if (!own.TryGetValue(expected.Name, out OutputValues? values))
                    throw new WorkerException(ExecutionFault.OtherOutputs, $"the baseline gives the output '{expected.Name}', which the model does not ({string.Join(", ", own.Keys.Select(name => $"'{name}'"))})");
                if (values.Type == "string" != (expected.Type == "string"))
                    throw new WorkerException(ExecutionFault.OtherOutputs, $"the output '{expected.Name}' is {values.Type} in the model and {expected.Type} in the baseline");
                if (!values.Shape.SequenceEqual(expected.Shape))
                    throw new WorkerException(ExecutionFault.OtherOutputs, $"the output '{expected.Name}' is [{string.Join(", ", values.Shape)}] in the model and [{string.Join(", ", expected.Shape)}] in the baseline");
                (double difference, double scale) = Compare(values, expected);
                (double Difference, double Scale) sofar = found.GetValueOrDefault(expected.Name);
                found[expected.Name] = (Math.Max(sofar.Difference, difference), Math.Max(sofar.Scale, scale));
            }
        }

        return [.. outputs.Select(output => found.TryGetValue(output.Name, out (double Difference, double Scale) drift) ? output with { Drift = drift.Difference == 0 ? 0 : drift.Difference / drift.Scale } : output)];
    }

    private static (double Difference, double Scale) Compare(OutputValues values, OutputValues expected)
    {
        if (values.Texts is not null)
            return (values.Texts.AsSpan().SequenceEqual(expected.Texts) ? 0 : 1, 1);
        double difference = 0, scale = 0;
        for (int i = 0; i < expected.Numbers!.Length; i++)
        {
            (double y, double b) = (values.Numbers![i], expected.Numbers[i]);
            if (double.IsNaN(b))
                throw new WorkerException(ExecutionFault.BaselineNotFinite, $"the baseline's output '{expected.Name}' is NaN at element {i}");
            if (double.IsFinite(b))
                scale = Math.Max(scale, Math.Abs(b));
            if (y != b)
                difference = Math.Max(difference, double.IsNaN(y) ? double.PositiveInfinity : Math.Abs(y - b));
        }

        return (difference, scale);
    }
}
