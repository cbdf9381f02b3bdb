using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>Reads off the outputs of all runs whether they are finite, and how large.</summary>
internal static class OutputSummary
{
    /// <summary>The tensors in the order in which they first came.</summary>
    public static IReadOnlyList<WorkerOutput> Of(IReadOnlyList<OutputTable> runs) =>
        [.. runs.SelectMany(run => run.Values).GroupBy(values => values.Name, StringComparer.Ordinal).Select(output => Of([.. output]))];

    private static WorkerOutput Of(OutputValues[] runs)
    {
        long elements = 0, nonFinite = 0;
        long? first = null;
        double largest = 0;
        foreach (OutputValues run in runs)
        {
            elements += run.Numbers?.Length ?? run.Texts!.Length;
            for (int i = 0; i < run.Numbers?.Length; i++)
            {
                double value = run.Numbers[i];
                if (double.IsFinite(value))
                {
                    largest = Math.Max(largest, Math.Abs(value));
                }
                else
                {
                    nonFinite++;
                    first ??= i;
                }
            }
        }

        return new WorkerOutput(runs[0].Name, runs[0].Type, runs[0].Shape, elements, nonFinite, first, largest, null);
    }
}
