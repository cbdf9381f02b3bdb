using System.Collections.Immutable;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>Rates per change and per model, in Markdown.</summary>
internal static class RateTables
{
    public static void Write(ImmutableArray<Judged> judged, TextWriter output)
    {
        output.WriteLine("| change | should be flagged by | well-trained flags | no-regression flags |");
        output.WriteLine("|---|---|---|---|");
        foreach (IGrouping<string, Judged> change in judged.GroupBy(j => j.Change))
            output.WriteLine($"| {change.Key} | {Should(change.First().Harm)} | {Rate(change, j => j.WellTrainedFlags)} | {Rate(change, j => j.NoRegressionFlags)} |");
        output.WriteLine();
        output.WriteLine("| in all | well-trained flags | no-regression flags |");
        output.WriteLine("|---|---|---|");
        output.WriteLine($"| evident damage | {Rate(judged.Where(j => j.Harm == Harm.Evident), j => j.WellTrainedFlags)} | {Rate(judged.Where(j => j.Harm == Harm.Evident), j => j.NoRegressionFlags)} |");
        output.WriteLine($"| other damage | {Rate(judged.Where(j => j.Harm == Harm.Damage), j => j.WellTrainedFlags)} | {Rate(judged.Where(j => j.Harm == Harm.Damage), j => j.NoRegressionFlags)} |");
        output.WriteLine($"| harmless | {Rate(judged.Where(j => j.Harm == Harm.None), j => j.WellTrainedFlags)} | {Rate(judged.Where(j => j.Harm == Harm.None), j => j.NoRegressionFlags)} |");
        output.WriteLine();
        output.WriteLine("| model | damage flagged by well-trained | by no-regression | harmless flagged by well-trained | by no-regression |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (IGrouping<string, Judged> model in judged.GroupBy(j => j.Model))
        {
            Judged[] damage = [.. model.Where(j => j.Harm != Harm.None)], harmless = [.. model.Where(j => j.Harm == Harm.None)];
            output.WriteLine($"| {model.Key} | {Rate(damage, j => j.WellTrainedFlags)} | {Rate(damage, j => j.NoRegressionFlags)} | {Rate(harmless, j => j.WellTrainedFlags)} | {Rate(harmless, j => j.NoRegressionFlags)} |");
        }
    }

    /// <summary>Each judgement that is not as it should be, with its reason.</summary>
    public static void WriteSurprises(ImmutableArray<Judged> judged, TextWriter output)
    {
        foreach (Judged one in judged)
        {
            bool missed = one.Harm != Harm.None && (one.NoRegressionFlags == false || one.WellTrainedFlags == false);
            bool falsely = one.Harm == Harm.None && (one.NoRegressionFlags == true || one.WellTrainedFlags == true);
            if (missed || falsely)
                output.WriteLine($"{(missed ? "missed" : "false alarm")}: {one.Model}, {one.Change}: well-trained {Word(one.WellTrainedFlags)}, no-regression {Word(one.NoRegressionFlags)} {one.Why}");
        }
    }

    private static string Rate(IEnumerable<Judged> judged, Func<Judged, bool?> flag)
    {
        bool[] flags = [.. judged.Select(flag).OfType<bool>()];
        return BinomialInterval.Text(flags.Count(f => f), flags.Length);
    }

    private static string Should(Harm harm) => harm switch
    {
        Harm.None => "neither",
        Harm.Evident => "both",
        _ => "no-regression, and well-trained where it can",
    };

    private static string Word(bool? flag) => flag switch { null => "not asked", true => "flags", _ => "passes" };
}
