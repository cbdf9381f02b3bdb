using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace WeightWatcher.Policies;

/// <summary>
/// The events of YamlDotNet, with one kind of exception for whatever its input makes it throw. Its scanner answers some texts, such as a flow mapping that is
/// never closed, with the exceptions of the collections that it uses.
/// </summary>
internal sealed class GuardedYamlParser(string text) : IParser
{
    private readonly Parser _parser = new(new StringReader(text));

    /// <inheritdoc/>
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc/>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    public bool MoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or ArithmeticException or IndexOutOfRangeException or NullReferenceException or KeyNotFoundException)
        {
            Mark reached = Current?.End ?? Mark.Empty;
            throw new YamlException(reached, reached, "What follows cannot be understood; a bracket, a brace or a quote may be missing.", e);
        }
    }
}
