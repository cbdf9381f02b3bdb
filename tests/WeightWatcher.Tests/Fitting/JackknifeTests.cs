using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class JackknifeTests
{
    [Fact]
    public void Of_a_mean_with_groups_of_one_it_is_the_textbook_error()
    {
        double[] sample = [1, 4, 9, 16, 25, 36];
        double mean = sample.Average();
        double expected = Math.Sqrt(sample.Sum(x => (x - mean) * (x - mean)) / (sample.Length - 1) / sample.Length);
        double[] without = [.. sample.Select(x => (sample.Sum() - x) / (sample.Length - 1))];
        Assert.Equal(expected, Jackknife.StandardError(without).Value, 12);
    }

    [Fact]
    public void What_every_group_does_alike_is_no_error()
    {
        double[] values = [3.1, 3.4, 2.9, 3.3];
        double error = Jackknife.StandardError(values).Value;
        Assert.Equal(error, Jackknife.StandardError([.. values.Select(v => v + 100)]).Value, 10);
        Assert.Equal(5 * error, Jackknife.StandardError([.. values.Select(v => v * 5)]).Value, 12);
    }

    [Fact]
    public void Without_a_value_for_one_group_there_is_no_error() =>
        Assert.Equal(
            OutcomeKind.NotApplicable,
            Jackknife.StandardError<int>([1, 2, 3], k => k == 2 ? Outcome.NotApplicable<double>("too short") : Outcome.Success(1.0)).Kind);

    [Fact]
    public void One_group_says_nothing() => Assert.Equal(OutcomeKind.NotApplicable, Jackknife.StandardError([1.0]).Kind);
}
