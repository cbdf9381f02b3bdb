using static WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Policies;

public sealed class ModelQualityExceptionTests
{
    [Fact]
    public void A_failure_says_what_was_expected_and_found_with_codes_and_policy_lines_worst_first()
    {
        Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: r, metric: alpha, max: 6 }\n  - { id: d, metric: D, max: 0.5, severity: warning }\n");
        Verdict verdict = policy.Judge(Of(policy, Layer("fc1", ("alpha", 7), ("D", 0.1)), Layer("fc2", ("alpha", 9), ("D", 0.9))));
        string[] lines = Assert.Throws<ModelQualityException>(verdict.ThrowIfFailed).Message.Split('\n');
        Assert.Equal("Model does not meet policy 'policy'", lines[0]);
        Assert.Equal("Model:    models/net.onnx", lines[1]);
        Assert.Equal("Expected: no errors", lines[2]);
        Assert.Equal("Actual:   2 errors, 1 warning", lines[3]);
        Assert.StartsWith("  WWG1002: layer 'fc2': alpha is 9, above the maximum 6 of rule 'r' (policy line 3).", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("  WWG1002: layer 'fc1'", lines[5], StringComparison.Ordinal);
        Assert.StartsWith("  WWG1002 (warning): layer 'fc2': D is 0.9", lines[6], StringComparison.Ordinal);
        Assert.Equal(7, lines.Length);
    }

    [Fact]
    public void At_most_ten_violations_are_shown_and_the_rest_is_counted()
    {
        Policy policy = Rule("metric: alpha, max: 6");
        Verdict verdict = policy.Judge(Of(policy, [.. Enumerable.Range(0, 13).Select(i => Layer($"l{i}", ("alpha", 10 + i)))]));
        string[] lines = Assert.Throws<ModelQualityException>(verdict.ThrowIfFailed).Message.Split('\n');
        Assert.Equal(15, lines.Length);
        Assert.Equal("  and 3 more", lines[^1]);
        Assert.Contains("'l12'", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void The_exception_is_told_apart_as_an_assertion_by_the_name_of_its_interface() =>
        Assert.Contains(typeof(ModelQualityException).GetInterfaces(), type => type.Name == "IAssertionException");
}
