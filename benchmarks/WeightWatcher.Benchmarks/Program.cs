using BenchmarkDotNet.Running;

// dotnet run -c Release --project benchmarks/WeightWatcher.Benchmarks -- --filter '*Spectra*'
BenchmarkSwitcher.FromAssembly(typeof(WeightWatcher.Benchmarks.SpectraBenchmarks).Assembly).Run(args);
