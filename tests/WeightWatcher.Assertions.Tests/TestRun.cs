using System.Xml.Linq;

namespace WeightWatcher.Assertions.Tests;

/// <summary>One test of a run, as the runner wrote it down.</summary>
/// <param name="Name">The display name.</param>
/// <param name="Outcome"><c>Passed</c>, <c>Failed</c> or <c>NotExecuted</c>.</param>
/// <param name="Message">The message of the failure, or empty.</param>
/// <param name="StackTrace">The stack trace of the failure, or empty.</param>
/// <param name="Attachments">The file names of the test's attachments.</param>
internal sealed record TestOutcome(string Name, string Outcome, string Message, string StackTrace, string[] Attachments)
{
    public bool Passed => Outcome == "Passed";
}

/// <summary>The results of one run of a test project, read from its TRX file.</summary>
internal sealed class TestRun(IReadOnlyList<TestOutcome> tests, string output)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public IReadOnlyList<TestOutcome> Tests { get; } = tests;

    public string Output { get; } = output;

    public static TestRun Read(string trxPath, string output)
    {
        if (!File.Exists(trxPath))
            throw new InvalidOperationException("the run wrote no results:\n" + output);
        return new TestRun([.. XDocument.Load(trxPath).Descendants(Trx + "UnitTestResult").Select(Outcome)], output);
    }

    /// <summary>The one test of a method without parameters.</summary>
    public TestOutcome Of(string method) => Rows(method) is [TestOutcome one]
        ? one
        : throw new InvalidOperationException($"expected one test of {method} among: {string.Join(", ", Tests.Select(test => test.Name))}\n{Output}");

    /// <summary>All tests of a theory.</summary>
    public TestOutcome[] Rows(string method) => [.. Tests.Where(test => MethodOf(test.Name) == method)];

    private static string MethodOf(string displayName)
    {
        string name = displayName.Split('(', '[')[0].Trim();
        return name[(name.LastIndexOf('.') + 1)..];
    }

    private static TestOutcome Outcome(XElement result)
    {
        XElement? error = result.Element(Trx + "Output")?.Element(Trx + "ErrorInfo");
        return new TestOutcome(
            (string)result.Attribute("testName")!,
            (string)result.Attribute("outcome")!,
            (string?)error?.Element(Trx + "Message") ?? "",
            (string?)error?.Element(Trx + "StackTrace") ?? "",
            [.. result.Descendants(Trx + "ResultFile").Select(file => Path.GetFileName((string)file.Attribute("path")!))]);
    }
}
