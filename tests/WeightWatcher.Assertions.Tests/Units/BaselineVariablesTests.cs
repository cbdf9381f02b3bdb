namespace WeightWatcher.Assertions.Tests.Units;

public sealed class BaselineVariablesTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("False", false)]
    [InlineData("1", true)]
    [InlineData("true", true)]
    public void The_variable_asks_for_an_update_when_it_says_something_else_than_no(string? value, bool asked) =>
        Assert.Equal(asked, Of(("WEIGHTWATCHER_UPDATE_BASELINE", value)).IsAsked);

    [Fact]
    public void Continuous_integration_forbids_it_unless_told_otherwise()
    {
        Assert.False(Of().IsForbidden);
        Assert.True(Of(("CI", "true")).IsForbidden);
        Assert.True(Of(("TF_BUILD", "True")).IsForbidden);
        Assert.False(Of(("CI", "false")).IsForbidden);
        Assert.False(Of(("CI", "true"), ("WEIGHTWATCHER_UPDATE_BASELINE_IN_CI", "1")).IsForbidden);
    }

    [Fact]
    public void The_advice_names_variables_that_are_read()
    {
        string advice = BaselineVariables.Advice(["fc1:alpha", "model:rand_distance"]);
        Assert.Equal("When that is meant: WEIGHTWATCHER_UPDATE_BASELINE=1 WEIGHTWATCHER_ACCEPT=\"fc1:alpha;model:rand_distance\" WEIGHTWATCHER_ACCEPT_REASON=\"why\" dotnet test", advice);
        Acceptance acceptance = Of(("WEIGHTWATCHER_ACCEPT", "a"), ("WEIGHTWATCHER_ACCEPT_REASON", "b"), ("WEIGHTWATCHER_ACCEPT_UNTIL", "c")).Acceptance;
        Assert.Equal(("a", "b", "c"), (acceptance.Changes, acceptance.Reason, acceptance.Until));
    }

    private static BaselineVariables Of(params (string Name, string? Value)[] variables) =>
        BaselineVariables.Of(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
