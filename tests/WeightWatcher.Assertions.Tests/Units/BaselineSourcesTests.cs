namespace WeightWatcher.Assertions.Tests.Units;

public sealed class BaselineSourcesTests : IDisposable
{
    private readonly string _output = Directory.CreateTempSubdirectory("weightwatcher-sources-").FullName;

    [Fact]
    public void A_copy_stands_for_what_it_was_copied_from()
    {
        BaselineSources sources = Noted("/repo/tests", "baselines/net.wwbaseline.json|/repo/app/baselines/net.wwbaseline.json");
        Assert.Equal("/repo/app/baselines/net.wwbaseline.json", sources.Of(Path.Combine(_output, "baselines", "net.wwbaseline.json")));
    }

    [Fact]
    public void What_was_not_copied_yet_has_its_place_in_the_project() =>
        Assert.Equal("/repo/tests/baselines/new.wwbaseline.json", Noted("/repo/tests").Of(Path.Combine(_output, "baselines", "new.wwbaseline.json")));

    [Fact]
    public void A_file_outside_of_the_output_is_a_source_itself() => Assert.Equal("/elsewhere/a.wwbaseline.json", Noted("/repo/tests").Of("/elsewhere/a.wwbaseline.json"));

    [Fact]
    public void Without_the_note_of_the_build_nothing_is_guessed() => Assert.Null(new BaselineSources(_output).Of(Path.Combine(_output, "a.wwbaseline.json")));

    public void Dispose() => Directory.Delete(_output, recursive: true);

    private BaselineSources Noted(params string[] lines)
    {
        File.WriteAllLines(Path.Combine(_output, BaselineSources.FileName), lines);
        return new BaselineSources(_output);
    }
}
