// The fuzz targets. eng/fuzz.sh calls these commands; docs/fuzzing.md explains them.
//
//     list                        the names of the readers
//     corpus FOLDER               write the seeds and the dictionary of every reader
//     instrument FILE             add coverage counters to an assembly, in place
//     run READER                  be fuzzed by afl-fuzz
//     replay READER FILE...       give files to a reader and say how each ended

using SharpFuzz;
using WeightWatcher.Fuzz;
using WeightWatcher.Tests.Hostile;

switch (args)
{
    case ["list"]:
        foreach (ReaderTarget target in ReaderTargets.All)
            Console.WriteLine(target.Name);
        return 0;
    case ["corpus", string folder]:
        Corpus.Write(folder);
        return 0;
    case ["instrument", string assembly]:
        _ = Fuzzer.Instrument(assembly, _ => true, Options.Value);
        return 0;
    case ["run", string reader]:
        FuzzRun.Start(ReaderTargets.Find(reader));
        return 0;
    case ["replay", string reader, .. string[] files]:
        return Replay.Run(ReaderTargets.Find(reader), files) ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: WeightWatcher.Fuzz list | corpus FOLDER | instrument FILE | run READER | replay READER FILE...");
        return 2;
}
