namespace WeightWatcher.Tests.Hostile;

/// <summary>The seeds that the fuzzer starts from are those that the writers make now.</summary>
public class CorpusTests
{
    private static string Corpus => Path.Combine(Reference.RepositoryRoot, "tests", "WeightWatcher.Fuzz", "corpus");

    [Fact]
    public void The_committed_seeds_are_those_of_the_writers()
    {
        List<string> made = [];
        foreach (ReaderTarget target in ReaderTargets.All)
        {
            foreach (Seed seed in target.Seeds)
            {
                string path = Path.Combine(Corpus, target.Name, "seeds", seed.Name);
                made.Add(path);
                Assert.True(File.Exists(path), $"run `dotnet run --project tests/WeightWatcher.Fuzz -- corpus tests/WeightWatcher.Fuzz/corpus`: there is no {path}");

                // What was deflated depends on the compressor of the runtime.
                if (seed.Name is not ("deflated" or "chunked" or "fixed"))
                    Assert.Equal(seed.Bytes, File.ReadAllBytes(path));
            }
        }

        Assert.Equal(made.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Corpus, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".dict", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
