using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher;

/// <summary>A baseline file or a git revision cannot be used. Always a <c>WWG4xxx</c> code.</summary>
public sealed class BaselineException : CodedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A <c>WWG4xxx</c> entry.</param>
    /// <param name="message">One sentence that says what was found and what was expected, without the path.</param>
    /// <param name="line">The line in the file, from 1, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public BaselineException(DiagnosticCode code, string message, int? line = null, Exception? innerException = null)
        : base(code, message, innerException) => Line = line;

    /// <summary>The line in the file, from 1, or null when the fault has no line.</summary>
    public int? Line { get; }

    /// <summary>The key at fault as a path, for example <c>layers[3].shape</c>, or null.</summary>
    public string? Key { get; init; }

    /// <summary>The full path of the file, or null before it was known.</summary>
    public string? Path { get; init; }

    /// <summary>The sentence with line and key.</summary>
    public override string Message
    {
        get
        {
            string place = (Line, Key) switch
            {
                ({ } line, { } key) => FormattableString.Invariant($"line {line}, key '{Printable.Text(key)}': "),
                ({ } line, null) => FormattableString.Invariant($"line {line}: "),
                _ => "",
            };
            return place + base.Message;
        }
    }

    internal BaselineException In(string path) => new(Code, base.Message, Line, InnerException) { Key = Key, Path = Path ?? path };
}
