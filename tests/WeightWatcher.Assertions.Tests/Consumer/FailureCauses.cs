using Xunit;

// Beside the scenarios in projects of xunit v3, which tells an assertion that failed from an exception nobody expected.
public partial class ModelScenarios : IDisposable
{
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        File.AppendAllLines(
            Path.Combine(AppContext.BaseDirectory, "causes.txt"),
            [$"{TestContext.Current.TestMethod?.MethodName}: {TestContext.Current.TestState?.FailureCause?.ToString() ?? "none"}"]);
    }
}
