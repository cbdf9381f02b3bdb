using System.Globalization;

namespace WeightWatcher.Engine;

/// <summary>The command line: a command, its values, and options that each take a value.</summary>
internal sealed class Arguments
{
    private readonly List<string> values = [];
    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);

    private Arguments(string command) => Command = command;

    /// <summary>The first word.</summary>
    public string Command { get; }

    /// <summary>Reads the words.</summary>
    public static Arguments Parse(string[] words)
    {
        if (words.Length == 0)
            throw new FormatException("a command is missing");
        Arguments arguments = new(words[0]);
        for (int i = 1; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
                arguments.values.Add(words[i]);
            else if (i + 1 < words.Length)
                arguments.options[words[i]] = words[++i];
            else
                throw new FormatException($"{words[i]} needs a value");
        }

        return arguments;
    }

    /// <summary>A value by its position after the command.</summary>
    public string Text(int position) =>
        position < values.Count ? values[position] : throw new FormatException($"{Command} needs {position + 1} values");

    /// <summary>A whole number of 1 or more by its position.</summary>
    public int Size(int position) => Size(Text(position));

    /// <summary>An option, or what stands in for it.</summary>
    public string Option(string name, string otherwise) => options.GetValueOrDefault(name, otherwise);

    /// <summary>A whole number of 1 or more as an option.</summary>
    public int Option(string name, int otherwise) => options.TryGetValue(name, out string? text) ? Size(text) : otherwise;

    private static int Size(string text)
    {
        int size = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return size >= 1 ? size : throw new FormatException($"{text} is not 1 or more");
    }
}
