using System.Globalization;
using WeightWatcher.Engine;

const string Usage = """
    Times the spectral engine and prints one JSON line.

      eigenvalues N M [--path gram|direct|automatic] [--threads T] [--seconds S] [--runs R] [--instructions NAME] [--bytes FILE]
          All eigenvalues of an N x M matrix of normal numbers, or of the little-endian binary32 numbers of FILE.
          T matrices are in flight at once, one thread each (default: the processors); times are per matrix.
      stages N M [--seconds S] [--instructions NAME] [--depth D] [--tile-rows R]
          The stages of the Gram path on one thread, beside the measured peak of the inner kernel.
      analyze FILE [--seconds S] [--runs R] [--threads T] [--semantics strict|compatible]
          A whole artifact with the default options; the milliseconds of each stage are summed over the threads.
      cancel FILE [--runs R] [--threads T]
          How long the analysis of an artifact goes on after it was cancelled, at R moments spread over its duration.
      cache FILE [--runs R] [--threads T]
          A second analysis with a warm cache: of the file as it was, and of a copy with another path and time, which is written beside it and removed.
      model gpt2-small|gpt2-small-learned|vgg16|resnet56 [as analyze]
          A generated model of these shapes.
      write gpt2-small|gpt2-small-learned|vgg16|resnet56 FILE
          Writes that model as safetensors.
      read safetensors|pt [--megabytes N] [--folder PATH] [--seconds S]
          All tensors of a file made on the spot, as the analysis holds them, beside plain reads of the same bytes from the page cache.
    """;

try
{
    Arguments arguments = Arguments.Parse(args);
    string line = arguments.Command switch
    {
        "eigenvalues" => EigenvalueTiming.Run(arguments),
        "stages" => StageTiming.Run(arguments),
        "analyze" => AnalysisTiming.Run(arguments),
        "cancel" => CancellationTiming.Run(arguments),
        "cache" => CacheTiming.Run(arguments),
        "read" => ReadingTiming.Run(arguments),
        "model" => AnalysisTiming.RunModel(arguments),
        "write" => AnalysisTiming.Write(arguments),
        _ => throw new FormatException($"there is no command '{arguments.Command}'"),
    };
    Console.Out.WriteLine(line);
    return 0;
}
catch (Exception e) when (e is FormatException or OverflowException or IOException)
{
    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"error: {e.Message}"));
    Console.Error.WriteLine(Usage);
    return 2;
}
