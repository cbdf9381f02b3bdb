using System.Text;
using WeightWatcher.Tests.Hostile;

namespace WeightWatcher.Fuzz;

/// <summary>The seeds as files: <c>READER/seeds/NAME</c>, and <c>READER/words.dict</c> with what afl-fuzz inserts.</summary>
internal static class Corpus
{
    /// <summary>Writes the files of every reader; what was there under other names is deleted.</summary>
    public static void Write(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach (ReaderTarget target in ReaderTargets.All)
        {
            string seeds = Path.Combine(folder, target.Name, "seeds");
            Directory.CreateDirectory(seeds);
            foreach (Seed seed in target.Seeds)
                File.WriteAllBytes(Path.Combine(seeds, seed.Name), seed.Bytes);
            if (!target.Words.IsEmpty)
                File.WriteAllLines(Path.Combine(folder, target.Name, "words.dict"), target.Words.Select(Entry));
        }
    }

    /// <summary>One line of a dictionary: the word in quotes, with everything but plain letters as a hexadecimal escape.</summary>
    private static string Entry(string word)
    {
        StringBuilder line = new("\"");
        foreach (byte b in word.Any(c => c > 0xFF) ? Encoding.UTF8.GetBytes(word) : Encoding.Latin1.GetBytes(word))
            _ = char.IsAsciiLetterOrDigit((char)b) ? line.Append((char)b) : line.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{b:X2}");
        return line.Append('"').ToString();
    }
}
