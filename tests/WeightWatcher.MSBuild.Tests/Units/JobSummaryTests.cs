using System.Text;

namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class JobSummaryTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"summary-{Guid.NewGuid():N}.md");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void An_artifact_is_said_of_once_however_often_the_gate_runs()
    {
        File.WriteAllText(_file, "# Before, without an end of line");
        JobSummary.Update(_file, "a", "## a fails\n\nlong");
        JobSummary.Update(_file, "b", "## b passes\n");
        JobSummary.Update(_file, "a", "## a passes\n");
        JobSummary.Update(_file, "a", "## a passes\n");
        string[] lines = [.. File.ReadAllLines(_file).Where(l => l.Length > 0 && !l.StartsWith("<!--", StringComparison.Ordinal))];
        Assert.Equal(["# Before, without an end of line", "## a passes", "## b passes"], lines);
    }

    [Fact]
    public void It_stays_below_its_size_and_says_the_verdict_where_there_is_no_room()
    {
        string text = "## a fails\n\n" + new string('x', 400_000);
        foreach (string artifact in (string[])["a", "b", "c", "d"])
            JobSummary.Update(_file, artifact, text.Replace("## a", $"## {artifact}", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(_file).Length, 800_000, JobSummary.MostBytes);
        Assert.Equal(["## a fails", "## b fails", "## c fails", "## d fails"], File.ReadAllLines(_file).Where(l => l.StartsWith("## ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Projects_that_build_at_the_same_time_take_turns()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => JobSummary.Update(_file, FormattableString.Invariant($"artifact {i}"), FormattableString.Invariant($"## {i}\n")), TestContext.Current.CancellationToken)));
        Assert.Equal(8, File.ReadAllLines(_file, Encoding.UTF8).Count(l => l.StartsWith("## ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_of_the_file_system() =>
        Assert.ThrowsAny<IOException>(() => JobSummary.Update(Path.Combine(_file, "none", "x.md"), "a", "## a\n"));
}
