using SharpFuzz;
using WeightWatcher.Tests.Hostile;

namespace WeightWatcher.Fuzz;

/// <summary>Serves afl-fuzz: one input after the other in one process.</summary>
internal static class FuzzRun
{
    private const int MaxInput = 64 * 1024;

    /// <summary>Runs until afl-fuzz ends it.</summary>
    public static void Start(ReaderTarget target)
    {
        string folder = Directory.CreateTempSubdirectory("weightwatcher-fuzz-").FullName;
        target.Prepare(folder);

        bool isWarm = false;
        using MemoryStream input = new(MaxInput);
        Fuzzer.Run(stream =>
        {
            // What is made once and kept does not count as the first input's. Instrumented code runs only in here, where its counters have their memory.
            if (!isWarm)
            {
                foreach (Seed seed in target.Seeds)
                    _ = target.Run(seed.Bytes, folder);
                isWarm = true;
            }

            input.SetLength(0);
            stream.CopyTo(input);
            if (input.Length is > 0 and <= MaxInput)
                _ = target.Run(input.ToArray(), folder);
        });
    }
}
