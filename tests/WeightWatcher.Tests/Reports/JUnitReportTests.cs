using System.Globalization;
using System.Xml.Linq;
using WeightWatcher.Metrics;
using WeightWatcher.Reports;

namespace WeightWatcher.Tests.Reports;

/// <summary>The JUnit report has a case for everything that was judged, and is XML whatever a model is called.</summary>
public sealed class JUnitReportTests
{
    [Fact]
    public void Every_byte_is_known() => Golden.Verify("hostile.report.junit.xml", Render(HostileResult.Of()));

    [Fact]
    public void Every_rule_has_a_case_on_every_layer_and_names_are_unique()
    {
        XElement suite = Parse(HostileResult.Of()).Element("testsuite")!;
        string[] names = [.. suite.Elements("testcase").Select(c => c.Attribute("name")!.Value)];
        Assert.Equal(names, names.Distinct());
        Assert.All(HostileResult.Names, layer =>
        {
            Assert.Contains($"alpha-range [{ReportText.Line(layer)}]", names);
            Assert.Contains($"not-worse [{ReportText.Line(layer)}]", names);
        });
        Assert.Contains("mean-alpha", names);
    }

    [Fact]
    public void Errors_fail_warnings_are_output_and_the_totals_add_up()
    {
        GateResult result = HostileResult.Of();
        XElement root = Parse(result);
        XElement[] cases = [.. root.Descendants("testcase")];
        int failed = cases.Count(c => c.Element("failure") is not null);
        Assert.Equal(HostileResult.Names.Length, failed);
        Assert.Equal(failed.ToString(CultureInfo.InvariantCulture), root.Attribute("failures")!.Value);
        Assert.Equal(cases.Length.ToString(CultureInfo.InvariantCulture), root.Element("testsuite")!.Attribute("tests")!.Value);
        Assert.Equal(result.Verdict.Violations.Count(v => v.Severity == Severity.Warning), cases.Count(c => c.Element("system-out")?.Value.StartsWith("warning ", StringComparison.Ordinal) == true));
        Assert.All(cases.Select(c => c.Element("failure")).OfType<XElement>(), f => Assert.Contains("What to do: ", f.Value));
    }

    [Fact]
    public void A_rule_that_does_not_apply_is_skipped_and_what_cannot_be_judged_is_an_error()
    {
        Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: r, metric: alpha, max: 6 }\n");
        ModelReport report = Policies.Reports.Of(policy, Policies.Reports.Layer("a", ("alpha", 3)), Policies.Reports.With("b", ("alpha", Measurement.NotApplicable("too few"))));
        XElement[] cases = [.. Parse(new GateResult { Report = report, Verdict = policy.Judge(report), InputFiles = [] }).Descendants("testcase")];
        Assert.Equal(["r [a]", "r [b]"], cases.Select(c => c.Attribute("name")!.Value));
        Assert.Equal("alpha does not apply: too few", cases[1].Element("skipped")!.Attribute("message")!.Value);

        GateResult unread = ModelGate.Run(new GateRequest { ArtifactPath = Path.Combine(HostileResult.Project, "none.onnx"), Policy = policy }, TestContext.Current.CancellationToken);
        XElement only = Assert.Single(Parse(unread).Descendants("testcase"));
        Assert.Equal("WWG2001 Artifact not found", only.Attribute("name")!.Value);
        Assert.NotNull(only.Element("error"));
    }

    [Fact]
    public void The_bytes_are_the_same_in_every_culture() => Assert.Single(Cultures.Each(() => Convert.ToHexString(Render(HostileResult.Of()))).Distinct());

    private static byte[] Render(GateResult result) => ReportWriter.Render(result, "junit", HostileResult.Project)!;

    private static XElement Parse(GateResult result)
    {
        using MemoryStream stream = new(Render(result));
        return XDocument.Load(stream).Root!;
    }
}
