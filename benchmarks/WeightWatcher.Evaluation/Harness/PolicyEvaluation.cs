using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Evaluation.Simulations;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>What both policies said of one variant of one model.</summary>
internal sealed record Judged(string Family, string Model, string Change, Harm Harm, bool? WellTrainedFlags, bool? NoRegressionFlags, string Why);

/// <summary>Makes damaged and harmless variants of known models and counts what the two built-in policies say of them.</summary>
internal sealed class PolicyEvaluation(Policy wellTrained, Policy noRegression, string folder, TextWriter progress)
{
    // A checkpoint counts as worse than another from this ratio of their losses on, and two runs as equal below the second.
    private const double Worse = 1.10, Equal = 1.15;

    private readonly ReportStore _store = new(folder);

    /// <summary>Judges every variant of every model; the last checkpoint of a run is the good model.</summary>
    public ImmutableArray<Judged> Run(ImmutableArray<KnownModel> models)
    {
        ImmutableArray<Judged>.Builder judged = ImmutableArray.CreateBuilder<Judged>();
        foreach (IGrouping<string, KnownModel> family in models.GroupBy(m => m.Family))
        {
            IGrouping<string, KnownModel>[] runs = [.. family.GroupBy(m => m.Run)];
            foreach (IGrouping<string, KnownModel> run in runs)
            {
                judged.AddRange(Variants(run.Last()));
                judged.AddRange(AlongTheRun([.. run]));
            }

            foreach (IGrouping<string, KnownModel> first in runs)
            {
                foreach (IGrouping<string, KnownModel> second in runs.Where(r => r != first && Close(r.Last().Loss, first.Last().Loss)))
                    judged.Add(Compare(second.Last(), first.Last(), "independent retraining", Harm.None));
            }

            progress.WriteLine($"{family.Key}: {judged.Count} judgements");
            progress.Flush();
        }

        return judged.ToImmutable();
    }

    private IEnumerable<Judged> Variants(KnownModel model)
    {
        string name = NameOf(model);
        ModelReport original = _store.OfArtifact(model.Key, model.Path);
        (bool flagged, string reason) = Flags(wellTrained, original, null);
        yield return new Judged(model.Family, name, "undamaged", Harm.None, flagged, null, reason);
        Lazy<ModelTensors> tensors = new(() => ModelTensors.Read(model.Path));

        // Variants are written in one format, whatever the model's, and so is what they are compared with.
        ModelReport baseline = _store.OfVariant($"{model.Key}--copy", () => tensors.Value, half: false)!;
        int stream = 0;
        foreach (Change change in Changes.All)
        {
            stream += 10;
            for (int pick = 1; pick <= change.Picks; pick++)
            {
                RandomNumbers random = new((ulong)StableHash(name), stream + pick);
                if (_store.OfVariant($"{model.Key}--{change.Name}-{pick}", () => change.Apply(tensors.Value, random), change.Half) is not { } variant)
                    continue;
                (bool well, string whyWell) = Flags(wellTrained, variant, null);
                (bool regressed, string whyRegressed) = Flags(noRegression, variant, baseline);
                yield return new Judged(model.Family, name, change.Name, change.Harm, well, regressed, $"[{whyWell}] [{whyRegressed}]");
            }
        }
    }

    private IEnumerable<Judged> AlongTheRun(ImmutableArray<KnownModel> run)
    {
        for (int i = 0; i < run.Length; i++)
        {
            for (int j = i + 1; j < run.Length; j++)
            {
                if (run[j].Loss <= run[i].Loss * 1.02)
                    yield return Compare(run[j], run[i], "later checkpoint", Harm.None);
                if (run[i].Loss > run[j].Loss * Worse)
                    yield return Compare(run[i], run[j], "earlier checkpoint", Harm.Damage);
            }
        }
    }

    private Judged Compare(KnownModel candidate, KnownModel baseline, string change, Harm harm)
    {
        ModelReport now = _store.OfArtifact(candidate.Key, candidate.Path), then = _store.OfArtifact(baseline.Key, baseline.Path);
        (bool regressed, string why) = Flags(noRegression, now, then);
        bool? well = harm == Harm.None ? null : Flags(wellTrained, now, null).Flagged;
        return new Judged(
            candidate.Family, NameOf(candidate), change, harm, well, regressed,
            string.Create(CultureInfo.InvariantCulture, $"{candidate.Loss:G3} after {baseline.Loss:G3}: {why}"));
    }

    private static (bool Flagged, string Why) Flags(Policy policy, ModelReport report, ModelReport? baseline)
    {
        Verdict verdict = policy.Judge(report, baseline);
        IEnumerable<string> errors = verdict.Violations.Where(v => v.Severity == Severity.Error)
            .Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Rule ?? v.Code}{(v.Layer is null ? "" : "@" + v.Layer)}={v.Value:G3}/{v.Baseline:G3}"));
        return (!verdict.Passed, string.Join("; ", errors.Take(4)));
    }

    private static bool Close(double first, double second) => Math.Max(first, second) <= Equal * Math.Min(first, second);

    private static string NameOf(KnownModel model) => $"{model.Family}-{model.Run}";

    private static int StableHash(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)) & int.MaxValue;
}
