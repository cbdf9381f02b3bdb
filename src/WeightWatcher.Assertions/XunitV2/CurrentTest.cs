namespace WeightWatcher.Assertions;

/// <summary>The test that runs now. xunit v2 has no such thing: nothing is cancelled, attached or warned of.</summary>
internal static class CurrentTest
{
    public static CancellationToken CancellationToken => CancellationToken.None;

    public static void Attach(ModelReport report, Verdict verdict)
    {
    }

    public static void Warn(Verdict verdict)
    {
    }
}
