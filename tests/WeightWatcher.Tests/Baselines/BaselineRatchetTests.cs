using System.Collections.Immutable;
using WeightWatcher.Accepting;
using WeightWatcher.Metrics;
using static WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Baselines;

/// <summary>What an update takes, holds and accepts; with reports made by hand, so that each value is known.</summary>
public sealed class BaselineRatchetTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    private static readonly Policy Higher = Rule("metric: rand_distance, baseline: { max_decrease: 10% }");
    private static readonly Policy Both = Rule("metric: alpha, baseline: { max_increase: 0.5, max_decrease: 0.5 }");
    private static readonly Policy WhenGood = Rule("metric: rand_distance, min: 1.6, when_baseline: { rand_distance: '>= 1.8' }, when_not_applicable: ignore");
    private static readonly Policy Median = Rule("metric: rand_distance, per: model, aggregate: median, baseline: { max_decrease: 10% }");

    [Fact]
    public void A_better_value_is_taken_and_nothing_is_held()
    {
        Baseline next = Step(Higher, Base(Higher, 0.3), 0.4);
        Assert.Equal(0.4, next.Report.Layers[0]["rand_distance"].Value);
        Assert.Empty(next.Held);
    }

    [Fact]
    public void Small_steps_within_the_tolerance_do_not_add_up()
    {
        Baseline baseline = Base(Higher, 0.30);
        for (double value = 0.295; value > 0.272; value -= 0.005)
        {
            baseline = Step(Higher, baseline, value);
            Assert.Equal(value, baseline.Report.Layers[0]["rand_distance"].Value);
            Assert.Equal(0.30, Assert.Single(baseline.Held).Value);
            Assert.True(Judge(Higher, baseline, value).Passed);
        }

        Verdict verdict = Judge(Higher, baseline, 0.26);
        Assert.Equal(("WWG1004", 0.30), (Assert.Single(verdict.Violations).Code, verdict.Violations[0].Baseline));
        Assert.Contains("the baseline keeps the value of an earlier model", verdict.Violations[0].Message, StringComparison.Ordinal);
        Assert.Empty(Step(Higher, baseline, 0.31).Held);
    }

    [Fact]
    public void What_became_worse_beyond_its_tolerance_stays_as_it_was_and_is_named()
    {
        BaselineRatchet ratchet = Ratchet(Higher, Base(Higher, 0.3), 0.1);
        Baseline next = ratchet.Next();
        Assert.Equal(["a:rand_distance"], ratchet.Refused);
        Assert.False(Judge(Higher, next, 0.1).Passed);
        Assert.Equal(0.3, Judge(Higher, next, 0.1).Violations[0].Baseline);
    }

    [Fact]
    public void What_is_named_is_accepted_with_its_reason()
    {
        Baseline next = Step(Higher, Base(Higher, 0.3), 0.1, "a:rand_*");
        AcceptedChange change = Assert.Single(next.Accepted);
        Assert.Equal(("a", "rand_distance", 0.3, 0.1, "because", null), (change.Layer, change.Metric, change.From, change.To, change.Reason, change.Until));
        Violation note = Assert.Single(Judge(Higher, next, 0.1).Violations);
        Assert.Equal(("WWG4013", Severity.Info), (note.Code, note.Severity));
        Assert.EndsWith("that was accepted: because.", note.Message, StringComparison.Ordinal);
        Assert.False(Judge(Higher, next, 0.08).Passed);
    }

    [Fact]
    public void An_acceptance_that_expires_holds_up_to_its_day()
    {
        Baseline next = Step(Higher, Base(Higher, 0.3), 0.1, "a:rand_distance", until: Today.AddDays(7));
        Assert.True(Judge(Higher, next, 0.1, Today.AddDays(7)).Passed);
        Verdict after = Judge(Higher, next, 0.1, Today.AddDays(8));
        Assert.Equal(("WWG1004", 0.3), (after.Violations[0].Code, after.Violations[0].Baseline));
        Assert.Contains(" held until 2026-11-30", after.Violations[0].Message, StringComparison.Ordinal);

        // Nothing is lost by updating in between.
        Baseline again = Step(Higher, next, 0.1);
        Assert.Equal(next.Accepted, again.Accepted);
        Assert.Equal(next.Held, again.Held);
    }

    [Fact]
    public void An_acceptance_is_tightened_by_a_better_model_and_goes_with_a_good_one()
    {
        Baseline accepted = Step(Higher, Base(Higher, 0.3), 0.1, "a:rand_distance");
        Baseline better = Step(Higher, accepted, 0.2);
        Assert.Equal((0.3, 0.2), (Assert.Single(better.Accepted).From, better.Accepted[0].To));
        Assert.False(Judge(Higher, better, 0.15).Passed);

        Violation stale = Assert.Single(Judge(Higher, accepted, 0.29).Violations);
        Assert.Equal(("WWG4014", Severity.Warning), (stale.Code, stale.Severity));
        Baseline good = Step(Higher, accepted, 0.29);
        Assert.Empty(good.Accepted);
        Assert.Equal(0.3, Assert.Single(good.Held).Value);
    }

    [Fact]
    public void An_acceptance_of_a_layer_that_is_gone_is_stale()
    {
        Baseline baseline = Base(Higher, 0.3) with { Accepted = [new AcceptedChange { Layer = "gone", Metric = "rand_distance", From = 1, To = 0.5, Reason = "r" }] };
        Violation stale = Assert.Single(Judge(Higher, baseline, 0.3).Violations);
        Assert.Equal("WWG4014", stale.Code);
        Assert.Empty(Step(Higher, baseline, 0.3).Accepted);
    }

    [Theory]
    [InlineData(3.3)]
    [InlineData(2.7)]
    public void A_metric_that_is_limited_on_both_sides_has_no_better_direction(double value)
    {
        Baseline baseline = Base(Both, 3, "alpha");
        Assert.Equal(3, Assert.Single(Step(Both, baseline, value, metric: "alpha").Held).Value);
        Assert.Empty(Step(Both, baseline, 3, metric: "alpha").Held);
    }

    /// <summary>A layer whose values are in other places is held; one that was trained on is another one, whose values go together.</summary>
    [Fact]
    public void A_rule_that_is_about_one_kind_of_change_holds_no_other()
    {
        Policy same = Rule("metric: sv_max, baseline: { max_increase: 0.001%, max_decrease: 0.001%, standard_errors: 0 }, when_relative: { glorot_gain: '== 1' }, when_not_applicable: ignore");
        ModelReport Model(double gain, double largest) => Of(same, Layer("a", ("glorot_gain", gain), ("sv_max", largest)));
        BaselineRatchet scrambled = new(Baseline.Of(Model(1.25, 3)), Model(1.25, 2), same, [], "", null, Today);
        Baseline kept = scrambled.Next();
        Assert.Equal(3, kept.Report.Layers[0]["sv_max"].Value);
        Assert.Equal(["a:sv_max"], scrambled.Refused);
        Assert.False(same.Judge(Model(1.25, 2), kept, Today).Passed);

        BaselineRatchet trained = new(Baseline.Of(Model(1.25, 3)), Model(1.5, 2), same, [], "", null, Today);
        Baseline next = trained.Next();
        Assert.Empty(next.Held);
        Assert.Empty(trained.Refused);
        Assert.True(same.Judge(Model(1.5, 2), next, Today).Passed);
        Assert.False(same.Judge(Model(1.5, 3), next, Today).Passed);
    }

    /// <summary>Its new row would make the condition false, and the rule would say nothing any more.</summary>
    [Fact]
    public void A_layer_that_breaks_a_rule_with_a_condition_on_the_baseline_stays_as_it_was()
    {
        Baseline next = Step(WhenGood, Base(WhenGood, 3), 1);
        Assert.Equal(3, next.Report.Layers[0]["rand_distance"].Value);
        Assert.Equal(["a:rand_distance"], Refused(WhenGood, Base(WhenGood, 3), 1));
        Assert.False(Judge(WhenGood, next, 1).Passed);

        Baseline accepted = Step(WhenGood, Base(WhenGood, 3), 1, "a:rand_distance");
        Assert.Equal((3.0, 1.0, "because"), (Assert.Single(accepted.Accepted).From!.Value, accepted.Accepted[0].To!.Value, accepted.Accepted[0].Reason));
        Assert.Equal(1, accepted.Report.Layers[0]["rand_distance"].Value);
        Assert.Empty(Judge(WhenGood, accepted, 1).Violations.Where(violation => violation.Severity > Severity.Info));

        Baseline forNow = Step(WhenGood, Base(WhenGood, 3), 1, "a:rand_distance", Today.AddDays(3));
        Assert.True(Judge(WhenGood, forNow, 1).Passed);
        Assert.False(Judge(WhenGood, forNow, 1, Today.AddDays(4)).Passed);
    }

    [Fact]
    public void A_change_within_the_metrics_own_error_is_not_refused_and_not_taken()
    {
        ModelReport Model(double alpha) => Of(Both, Layer("a", ("alpha", alpha), ("sigma", 1.0)));
        BaselineRatchet ratchet = new(Baseline.Of(Model(3)), Model(4), Both, [], "", null, Today);
        Assert.Equal(3, Assert.Single(ratchet.Next().Held).Value);
        Assert.Empty(ratchet.Refused);
    }

    [Fact]
    public void A_value_of_the_whole_model_is_held_by_its_rule()
    {
        Baseline baseline = Base(Median, 0.30);
        Baseline next = Step(Median, baseline, 0.28);
        Assert.Equal(new HeldValue("rand_distance", 0.30) { Rule = "r", Aggregate = "median" }, Assert.Single(next.Held));
        Assert.False(Judge(Median, next, 0.26).Passed);
        Assert.Equal(["model:rand_distance"], Refused(Median, next, 0.26));
        Baseline accepted = Step(Median, next, 0.26, "model:rand_distance");
        Assert.Equal(("r", "median", 0.30, 0.26), (Assert.Single(accepted.Accepted).Rule, accepted.Accepted[0].Aggregate, accepted.Accepted[0].From, accepted.Accepted[0].To));
        Assert.True(Judge(Median, accepted, 0.26).Passed);
    }

    [Fact]
    public void A_removed_layer_stays_in_the_baseline_until_its_removal_is_named()
    {
        Baseline baseline = Baseline.Of(Of(Higher, Layer("a", ("rand_distance", 0.3)), With("b", ("N", Measurement.Of(99)), ("rand_distance", Measurement.Of(0.3)))));
        BaselineRatchet ratchet = Ratchet(Higher, baseline, 0.3);
        Baseline kept = ratchet.Next();
        Assert.Equal(["b:removed"], ratchet.Refused);
        Assert.Equal(["a", "b"], kept.Report.Layers.Select(layer => layer.Name));
        Baseline gone = Step(Higher, baseline, 0.3, "b:removed");
        Assert.Equal(["a"], gone.Report.Layers.Select(layer => layer.Name));
        Assert.Equal(("b", "removed", "because"), (Assert.Single(gone.Accepted).Layer, gone.Accepted[0].Metric, gone.Accepted[0].Reason));
        Assert.Empty(Judge(Higher, gone, 0.3).Violations);
    }

    [Fact]
    public void A_renamed_layer_takes_its_new_name_and_keeps_what_was_held()
    {
        Baseline baseline = Base(Higher, 0.28) with { Held = [new HeldValue("rand_distance", 0.3) { Layer = "a" }] };
        BaselineRatchet ratchet = new(baseline, Of(Higher, Layer("z", ("rand_distance", 0.28))), Higher, [], "", null, Today);
        Baseline next = ratchet.Next();
        Assert.Equal(("z", "z", 0.3), (next.Report.Layers[0].Name, Assert.Single(next.Held).Layer, next.Held[0].Value));
        Assert.Equal("a", ratchet.FormerName("z"));
    }

    /// <summary>Whatever the models, an update that names nothing lets nothing pass that the baseline before it did not.</summary>
    [Fact]
    public void An_update_that_names_nothing_never_loosens()
    {
        Random random = new(3);
        foreach (Policy policy in new[] { Higher, Both, WhenGood, Median })
        {
            string metric = policy.Rules[0].Metric;
            for (int i = 0; i < 200; i++)
            {
                Baseline before = Base(policy, 1 + random.NextDouble(), metric);
                for (int step = 0; step < 5; step++)
                {
                    Baseline after = Step(policy, before, 1 + random.NextDouble(), metric: metric);
                    for (double probe = 0.5; probe < 2.5; probe += 0.05)
                        Assert.True(Judge(policy, before, probe, metric: metric).Passed || !Judge(policy, after, probe, metric: metric).Passed);
                    before = after;
                }
            }
        }
    }

    private static Baseline Base(Policy policy, double value, string metric = "rand_distance") => Baseline.Of(Of(policy, Layer("a", (metric, value))));

    private static BaselineRatchet Ratchet(Policy policy, Baseline baseline, double value, string accept = "", DateOnly? until = null, string metric = "rand_distance") =>
        new(baseline, Of(policy, Layer("a", (metric, value))), policy, AcceptancePattern.Parse(accept, out _), "because", until, Today);

    private static Baseline Step(Policy policy, Baseline baseline, double value, string accept = "", DateOnly? until = null, string metric = "rand_distance") =>
        Ratchet(policy, baseline, value, accept, until, metric).Next();

    private static ImmutableArray<string> Refused(Policy policy, Baseline baseline, double value)
    {
        BaselineRatchet ratchet = Ratchet(policy, baseline, value);
        ratchet.Next();
        return ratchet.Refused;
    }

    private static Verdict Judge(Policy policy, Baseline baseline, double value, DateOnly? day = null, string metric = "rand_distance") =>
        policy.Judge(Of(policy, Layer("a", (metric, value))), baseline, day ?? Today);
}
