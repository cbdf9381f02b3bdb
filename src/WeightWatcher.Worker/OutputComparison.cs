using System.Globalization;
using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>
/// The drift of an output y from a baseline's b, over all elements of all runs: max |y - b| / max |b|. Equal elements, infinite ones too, do not differ; NaN in y differs
/// infinitely. The largest magnitude is that of the finite elements. Where the baseline gives nothing but zeros the drift is 0 when the model does too, and infinite
/// otherwise. Of text it is 1 when any element is another.
/// </summary>
internal static class OutputComparison
{
    /// <summary>The outputs of the model with their drift; those that the baseline does not have keep none.</summary>
    /// <exception cref="WorkerException">The outputs cannot be compared.</exception>
    public static IReadOnlyList<WorkerOutput> Of(IReadOnlyList<WorkerOutput> outputs, IReadOnlyList<OutputTable> now, IReadOnlyList<OutputTable> before)
    {
        Dictionary<string, (double Difference, double Scale, string? Infinite)> found = new(StringComparer.Ordinal);
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
                (double difference, double scale, string? infinite) = Compare(values, expected);
                (double Difference, double Scale, string? Infinite) sofar = found.GetValueOrDefault(expected.Name);
                found[expected.Name] = (Math.Max(sofar.Difference, difference), Math.Max(sofar.Scale, scale), sofar.Infinite ?? infinite);
            }
        }

        return [.. outputs.Select(output => found.TryGetValue(output.Name, out (double Difference, double Scale, string? Infinite) compared) ? WithDrift(output, compared) : output)];
    }

    private static WorkerOutput WithDrift(WorkerOutput output, (double Difference, double Scale, string? Infinite) compared)
    {
        double drift = compared.Difference == 0 ? 0 : compared.Difference / compared.Scale;
        string? reason = double.IsFinite(drift) ? null : compared.Infinite ?? string.Create(CultureInfo.InvariantCulture, $"the largest finite magnitude in the baseline's is {compared.Scale}");
        return output with { Drift = drift, WithoutBound = reason };
    }

    /// <summary>The largest difference, the largest magnitude, and where the first infinite difference is.</summary>
    private static (double Difference, double Scale, string? Infinite) Compare(OutputValues values, OutputValues expected)
    {
        if (values.Texts is not null)
            return (values.Texts.AsSpan().SequenceEqual(expected.Texts) ? 0 : 1, 1, null);
        double difference = 0, scale = 0;
        string? infinite = null;
        for (int i = 0; i < expected.Numbers!.Length; i++)
        {
            (double y, double b) = (values.Numbers![i], expected.Numbers[i]);
            if (double.IsNaN(b))
                throw new WorkerException(ExecutionFault.BaselineNotFinite, $"the baseline's output '{expected.Name}' is NaN at element {i}");
            if (double.IsFinite(b))
                scale = Math.Max(scale, Math.Abs(b));
            if (y == b)
                continue;
            difference = Math.Max(difference, double.IsNaN(y) ? double.PositiveInfinity : Math.Abs(y - b));
            if (double.IsPositiveInfinity(difference))
                infinite ??= string.Create(CultureInfo.InvariantCulture, $"element {i} is {y}, the baseline's {b}");
        }

        return (difference, scale, infinite);
    }
}
