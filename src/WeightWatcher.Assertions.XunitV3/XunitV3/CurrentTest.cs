using WeightWatcher.Reports;
using Xunit;

namespace WeightWatcher.Assertions;

/// <summary>The test that runs now, as xunit v3 knows it; outside of a test nothing is shown.</summary>
internal static class CurrentTest
{
    public static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Attaches the report to the test, and warns of the warnings of a verdict that passed; a failed one says them itself.</summary>
    public static void Show(Verdict verdict, ModelReport? report)
    {
        ITestContext context = TestContext.Current;
        if (context.Test is null)
            return;
        if (report is not null)
        {
            using MemoryStream json = new();
            JsonReport.Write(json, report, verdict, AppContext.BaseDirectory);
            string name = $"{Path.GetFileName(report.Artifact.Path)}.report.json";
            context.AddAttachment(name, json.ToArray(), replaceExistingValue: true, mediaType: "application/json");
        }

        if (!verdict.Passed)
            return;
        foreach (Violation violation in verdict.Violations.Where(v => v.Severity == Severity.Warning))
            context.AddWarning($"{violation.Code}: {verdict.Artifact}: {violation.Message}");
    }
}
