using Xunit;

namespace WeightWatcher.Assertions;

/// <summary>The test that runs now, as xunit v3 knows it; outside of a test nothing happens.</summary>
internal static class CurrentTest
{
    public static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Attaches the report to the test.</summary>
    public static void Attach(ModelReport report, Verdict verdict)
    {
    }

    /// <summary>Shows the warnings of a verdict that passed; a failed one says them itself.</summary>
    public static void Warn(Verdict verdict)
    {
        if (!verdict.Passed || TestContext.Current.Test is null)
            return;
        foreach (Violation violation in verdict.Violations.Where(v => v.Severity == Severity.Warning))
            TestContext.Current.AddWarning($"{violation.Code}: {verdict.Artifact}: {violation.Message}");
    }
}
