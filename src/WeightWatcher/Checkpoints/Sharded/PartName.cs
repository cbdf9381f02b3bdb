using System.Globalization;
using System.Text.RegularExpressions;

namespace WeightWatcher.Checkpoints.Sharded;

/// <summary>The name of a file that is one of several of a model: <c>model-00002-of-00003.safetensors</c>.</summary>
/// <param name="Series">What the names of all parts have in common.</param>
/// <param name="Number">Which part it is, from 1 (some count from 0).</param>
/// <param name="Count">How many there are.</param>
internal readonly partial record struct PartName(string Series, int Number, int Count)
{
    /// <summary>What a file's name says, or null when it says nothing of parts.</summary>
    public static PartName? Of(string fileName)
    {
        Match match = Form().Match(fileName);
        return match.Success
            ? new PartName(match.Groups[1].Value + match.Groups[3].Value, int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups[4].ValueSpan, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>The part as a message names it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"part {Number} of {Count}");

    [GeneratedRegex("""^(.+)-([0-9]{5})(-of-([0-9]{5})\.[a-z]+)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
