namespace WeightWatcher.Codes;

/// <summary>
/// The base of every failure that this library reports on purpose. It carries a <see cref="DiagnosticCode"/>, so that a build, a
/// test and a report say the same thing in the same words.
/// </summary>
public abstract class CodedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">The catalogue entry.</param>
    /// <param name="message">One line without the code; callers put the code in front where they need it.</param>
    /// <param name="innerException">The cause, or null.</param>
    protected CodedException(DiagnosticCode code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentNullException.ThrowIfNull(code);
        Code = code;
    }

    /// <summary>The catalogue entry of this failure.</summary>
    public DiagnosticCode Code { get; }
}
