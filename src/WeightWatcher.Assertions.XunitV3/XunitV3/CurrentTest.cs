using WeightWatcher.Reports;
using Xunit;

namespace WeightWatcher.Assertions;

/// <summary>The test that runs now, as xunit v3 knows it; outside of a test nothing is shown.</summary>
internal static class CurrentTest
{
    private static readonly (string Format, string MediaType)[] Attached = [("json", "application/json"), ("html", "text/html")];

    public static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Adds a line to the output of the test.</summary>
    public static void Say(string line)
    {
        if (TestContext.Current.TestOutputHelper is { } output)
            output.WriteLine(line);
        else
            Console.WriteLine(line);
    }

    /// <summary>Attaches the report to the test, and warns of the warnings of a verdict that passed; a failed one says them itself.</summary>
    public static void Show(Verdict verdict, ModelReport? report)
    {
        ITestContext context = TestContext.Current;
        if (context.Test is null)
            return;
        if (report is not null)
        {
            GateResult result = new() { Report = report, Verdict = verdict, InputFiles = [], IsComplete = !report.Layers.IsEmpty };
            string stem = Path.GetFileName(report.Artifact.Path);
            foreach ((string format, string mediaType) in Attached)
            {
                if (ReportWriter.Render(result, format, AppContext.BaseDirectory) is { } bytes)
                    context.AddAttachment(ReportWriter.FileName(stem, format), bytes, replaceExistingValue: true, mediaType: mediaType);
            }
        }

        if (!verdict.Passed)
            return;
        foreach (Violation violation in verdict.Violations.Where(v => v.Severity == Severity.Warning))
            context.AddWarning($"{violation.Code}: {verdict.Artifact}: {violation.Message}");
    }
}
