using System.Text.RegularExpressions;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.PullRequests;

/// <summary>
/// A repository in miniature: main with a baseline, a branch that improves the model, one that makes it worse, one that renames a layer, one that accepts; through the commands of the page,
/// in its order.
/// </summary>
public sealed partial class The_story_of_pull_requests(PackageFixture packages)
{
    private const int N = 192, M = 128;

    [GeneratedRegex(@"(\d\.\d\d)\d*")]
    private static partial Regex Rounded();

    [Fact]
    public async Task is_the_one_that_the_page_tells()
    {
        Page page = new();
        using MiniatureRepository repository = await MiniatureRepository.Create(packages, page);

        // Main, with its first baseline.
        repository.Train(Models.Mixed(N, M, strength: 4));
        IReadOnlyList<BuildResult> first = await repository.Follow("A gated repository");
        Assert.Contains("the baseline is new", first[1].Output, StringComparison.Ordinal);
        Assert.True(File.Exists(repository.Baseline));
        Assert.Contains("passes ../weightwatcher.yml", Assert.Single(first[^1].Verdicts), StringComparison.Ordinal);
        File.WriteAllText(repository.Baseline, "// Owned by the team of the app.\n" + File.ReadAllText(repository.Baseline));
        repository.Git("commit", "-q", "--all", "-m", "Say who owns it");

        // A branch that improves: passes, and tightens the baseline.
        repository.Branch("improve");
        repository.Train(Models.Mixed(N, M, strength: 5));
        IReadOnlyList<BuildResult> better = await repository.Follow("A better model");
        Assert.Contains("rand_distance is now", better[1].Output, StringComparison.Ordinal);
        Assert.StartsWith("// Owned by the team of the app.\n{", File.ReadAllText(repository.Baseline), StringComparison.Ordinal);
        repository.Git("checkout", "-q", "main");
        repository.Git("merge", "-q", "--ff-only", "improve");
        repository.Git("push", "-q", "origin", "main");

        // A branch that makes the model worse: fails on the policy's line, and an update alone does not help.
        repository.Branch("worse");
        repository.Train(Models.Mixed(N, M, strength: 2));
        repository.Git("commit", "-q", "--all", "-m", "Use half of the data");
        BuildResult worse = (await repository.Follow("A worse model", fails: 0))[0];
        Diagnostic error = Assert.Single(worse.Errors, e => e.Code == "WWG1004" && e.Message.Contains("layer 'fc1': rand_distance", StringComparison.Ordinal));
        Assert.Contains(page.Blocks("A worse model", "text").Single(), $"{Path.GetFileName(error.File)}({error.Line},{error.Column}): error {error.Code}: {error.Message}", StringComparison.Ordinal);
        Assert.Contains("\"-p:WeightWatcherAccept=fc1:rand_distance", worse.Output, StringComparison.Ordinal);
        string before = File.ReadAllText(repository.Baseline);
        (await repository.Run("dotnet build app -t:WeightWatcherUpdateBaseline", new Dictionary<string, string> { ["CI"] = "true" })).FailsWith("WWG4016");
        Assert.Equal(before, File.ReadAllText(repository.Baseline));
        BuildResult refused = (await repository.Run("dotnet build app -t:WeightWatcherUpdateBaseline")).Fails();
        Assert.Contains(refused.Errors, e => e.Code == "WWG4015" && e.Message.Contains("fc1:rand_distance", StringComparison.Ordinal));
        (await repository.Run("dotnet build app")).Fails();
        repository.Git("checkout", "-q", "--", "app/baselines");

        // The same in a test, whose message says how to accept.
        BuildResult failed = await repository.Run(page.Commands("In tests")[0]);
        Assert.True(failed.ExitCode == 1, failed.Output);
        Assert.Contains("WWG1004", failed.Output, StringComparison.Ordinal);
        Assert.Contains("WEIGHTWATCHER_UPDATE_BASELINE=1 WEIGHTWATCHER_ACCEPT=\"fc1:rand_distance", failed.Output, StringComparison.Ordinal);

        // The branch accepts: one reviewed line for each of the two, but for the last digits as the page shows them.
        IReadOnlyList<BuildResult> accepted = await repository.Follow("Accepting a change");
        string[] lines = [.. accepted[1].Output.Split('\n').Where(l => l.StartsWith('+') && l.Contains("\"reason\"", StringComparison.Ordinal)).Select(l => Rounded().Replace(l[1..].Trim(), "$1"))];
        Assert.Equal(page.Blocks("Accepting a change", "json").Single().Split('\n').Select(l => l.Trim()), lines);
        Assert.Contains("passes ../weightwatcher.yml", Assert.Single(accepted[^1].Verdicts), StringComparison.Ordinal);

        // A branch that renames a layer: passes, and the baseline takes the name.
        repository.Branch("rename");
        repository.Train(Models.Mixed(N, M, strength: 5, first: "encoder.fc1"));
        IReadOnlyList<BuildResult> renamed = await repository.Follow("A layer with another name");
        Assert.Contains("layer 'encoder.fc1' is renamed", renamed[1].Output, StringComparison.Ordinal);
        string[] changed = [.. repository.Git("diff", "--unified=0", "app/baselines").Split('\n').Where(l => l.StartsWith('+') && l[1] == ' ' && !l.Contains("sha256", StringComparison.Ordinal) && !l.Contains("size_bytes", StringComparison.Ordinal))];
        Assert.Equal(["+      \"name\": \"encoder.fc1\","], changed);

        // Tests tighten the file in the sources, not the copy.
        repository.Git("checkout", "-q", "--", ".");
        repository.Branch("tests");
        repository.Train(Models.Mixed(N, M, strength: 6));
        string old = File.ReadAllText(repository.Baseline);
        IReadOnlyList<BuildResult> tests = await repository.Follow("In tests");
        Assert.NotEqual(old, File.ReadAllText(repository.Baseline));
        Assert.Contains($"The baseline '{repository.Baseline}' was written", tests[1].Output, StringComparison.Ordinal);
        repository.Git("commit", "-q", "--all", "-m", "Train longer still");

        // Against the checkpoint of the main branch.
        string project = Path.Combine(repository.Root, "app", "app.csproj");
        string update = page.Blocks("Against the checkpoint of the main branch", "xml").Single();
        File.WriteAllText(project, File.ReadAllText(project).Replace("</Project>", update + "\n</Project>", StringComparison.Ordinal));
        await repository.Follow("Against the checkpoint of the main branch");
        repository.Train(Models.Mixed(N, M, strength: 2));
        BuildResult againstMain = (await repository.Run("dotnet build app")).Fails();
        Assert.Contains(againstMain.Errors, e => e.Code == "WWG1004");
        repository.Git("update-ref", "-d", "refs/remotes/origin/main");
        (await repository.Run("dotnet build app")).FailsWith("WWG4021");

        Assert.Empty(page.Left);
    }
}
