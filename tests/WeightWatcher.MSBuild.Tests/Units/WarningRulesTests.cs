namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class WarningRulesTests
{
    [Theory]
    [InlineData(false, "", "", "", Severity.Warning)]
    [InlineData(true, "", "", "", Severity.Error)]
    [InlineData(true, "", "CS1591;WWG1001", "", Severity.Warning)]
    [InlineData(false, "wwg1001", "", "", Severity.Error)]
    [InlineData(true, "", "", "CS1591, WWG1001", Severity.Info)]
    [InlineData(false, "WWG1001", "", "WWG1001", Severity.Info)]
    [InlineData(false, "WWG10011", "", "WWG100", Severity.Warning)]
    public void A_warning_becomes_what_the_project_says(bool all, string asErrors, string notAsErrors, string silenced, Severity expected) =>
        Assert.Equal(expected, new WarningRules(all, asErrors, notAsErrors, silenced).Apply(Severity.Warning, "WWG1001"));

    [Fact]
    public void An_error_cannot_be_silenced() =>
        Assert.Equal(Severity.Error, new WarningRules(false, "", "WWG1001", "WWG1001").Apply(Severity.Error, "WWG1001"));
}
