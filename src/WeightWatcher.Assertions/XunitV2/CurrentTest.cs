namespace WeightWatcher.Assertions;

/// <summary>The test that runs now. xunit v2 has no such thing: nothing is cancelled, and nothing is shown but a failure's message.</summary>
internal static class CurrentTest
{
    public static CancellationToken CancellationToken => CancellationToken.None;

    public static void Say(string line) => Console.WriteLine(line);

    public static void Show(Verdict verdict, ModelReport? report)
    {
    }
}
