namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class PolicyLookupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-").FullName;

    [Fact]
    public void The_nearest_policy_wins_and_none_above_the_repository_counts()
    {
        string repository = Folder("repository");
        string project = Folder("repository/src/app");
        string above = Policy(_folder);
        Assert.Equal(above, PolicyLookup.Nearest(project));

        // In a worktree '.git' is a file.
        File.WriteAllText(Path.Combine(repository, ".git"), "gitdir: elsewhere");
        Assert.Null(PolicyLookup.Nearest(project));

        string ofRepository = Policy(repository);
        Assert.Equal(ofRepository, PolicyLookup.Nearest(project));
        string own = Policy(project);
        Assert.Equal(own, PolicyLookup.Nearest(project));
    }

    private static string Policy(string folder)
    {
        string path = Path.Combine(folder, "weightwatcher.yml");
        File.WriteAllText(path, "version: 1");
        return path;
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
