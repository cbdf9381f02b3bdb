namespace WeightWatcher;

/// <summary>Marks an exception that test frameworks report as a failed assertion; xunit v3 recognises it by its name.</summary>
internal interface IAssertionException;

/// <summary>A model broke its policy. Usable from any test framework.</summary>
#pragma warning disable CA1032 // The message is made by the factories, so that every failure reads alike.
public sealed class ModelQualityException : Exception, IAssertionException
#pragma warning restore CA1032
{
    private ModelQualityException(string message, Verdict verdict)
        : base(message) => Verdict = verdict;

    /// <summary>The verdict that failed.</summary>
    public Verdict Verdict { get; }

    internal static ModelQualityException ForVerdict(Verdict verdict, string message) => new(message, verdict);
}
