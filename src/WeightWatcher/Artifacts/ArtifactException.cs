using WeightWatcher.Codes;

namespace WeightWatcher.Artifacts;

/// <summary>An artifact is missing, malformed, unsafe or not a model. Always a <c>WWG2xxx</c> code.</summary>
public sealed class ArtifactException : CodedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A <c>WWG2xxx</c> entry.</param>
    /// <param name="message">One sentence that says what was found and what was expected, without the path.</param>
    /// <param name="innerException">The cause, or null.</param>
    public ArtifactException(DiagnosticCode code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>The file in which the fault lies; filled in by the opener when the reader did not know it.</summary>
    public string? Path { get; init; }

    /// <summary>The format that was being read, for example <c>safetensors</c>, or null before it was known.</summary>
    public string? Format { get; init; }

    /// <summary>The tensor at fault, or null.</summary>
    public string? Tensor { get; init; }

    /// <summary>The byte offset of the fault from the start of the file, or null.</summary>
    public long? Offset { get; init; }

    /// <summary>The name, as the artifact gives it, of a file beside it that is missing; else null.</summary>
    internal string? MissingFile { get; init; }

    /// <summary>The same failure with the file, the format and the tensor filled in where they were missing.</summary>
    internal ArtifactException With(string? path, string? format, string? tensor = null) => new(Code, base.Message, InnerException)
    {
        Path = Path ?? path,
        Format = Format ?? format,
        Tensor = Tensor ?? tensor,
        Offset = Offset,
        MissingFile = MissingFile,
    };

    /// <summary>The same failure with the tensor filled in where it was missing.</summary>
    internal ArtifactException WithTensor(string tensor) => new(Code, base.Message, InnerException) { Path = Path, Format = Format, Tensor = Tensor ?? tensor, Offset = Offset, MissingFile = MissingFile };

    /// <summary>The sentence with what is known of the place: tensor, byte offset and format. The path is not part of it.</summary>
    public override string Message
    {
        get
        {
            List<string> place = [];
            if (Tensor is not null)
                place.Add($"tensor '{Printable.Text(Tensor)}'");
            if (Offset is { } offset)
                place.Add(FormattableString.Invariant($"at byte {offset}"));
            if (Format is not null)
                place.Add($"read as {Format}");
            return place.Count == 0 ? base.Message : $"{base.Message} ({string.Join(", ", place)})";
        }
    }
}
