using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Baselines;

/// <summary>A git repository as the command line shows it: revisions, trees and blobs; the work tree is never looked at.</summary>
internal sealed class GitRepository
{
    private readonly CancellationToken _cancellationToken;
    private readonly bool _isShallow;

    private GitRepository(string root, string commonFolder, bool isShallow, CancellationToken cancellationToken)
    {
        Root = root;
        CommonFolder = commonFolder;
        _isShallow = isShallow;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The full path of the work tree.</summary>
    public string Root { get; }

    /// <summary>The full path of the folder that all work trees of the repository share: <c>.git</c>.</summary>
    public string CommonFolder { get; }

    /// <summary>Finds the repository around a folder.</summary>
    /// <exception cref="BaselineException">There is none, or git refuses it.</exception>
    public static GitRepository Open(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new BaselineException(BaselineCodes.GitFailed, $"there is no folder '{Printable.Text(folder)}' to look for a repository from");
        GitAnswer answer = GitCommand.Run(folder, cancellationToken, "rev-parse", "--show-toplevel", "--git-common-dir", "--is-shallow-repository");
        string[] lines = answer.Output.Split('\n');
        if (answer.ExitCode != 0 || lines.Length < 3)
            throw new BaselineException(BaselineCodes.GitFailed, $"'{Printable.Text(folder)}' is in no git repository that can be read{GitCommand.Said(answer.Error)}");
        return new(Path.GetFullPath(lines[0]), Path.GetFullPath(lines[1], folder), lines[2].Trim() == "true", cancellationToken);
    }

    /// <summary>What a path of a revision is now: the id of the object, which changes with its content; or null when it is not there.</summary>
    public static string? Identity(GitBaselinePath path, string folder, CancellationToken cancellationToken)
    {
        GitAnswer answer = GitCommand.Run(folder, cancellationToken, "rev-parse", "--verify", "--quiet", "--end-of-options", $"{path.Revision}:{path.Path}");
        return answer.ExitCode == 0 ? Id(answer) : null;
    }

    /// <summary>The commit that a revision names.</summary>
    /// <exception cref="BaselineException">The repository does not have it; the message says how to get it.</exception>
    public string Commit(string revision)
    {
        GitAnswer answer = GitCommand.Run(Root, _cancellationToken, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
        if (answer.ExitCode == 0 && Id(answer) is { } commit)
            return commit;
        string branch = revision.StartsWith("origin/", StringComparison.Ordinal) ? revision["origin/".Length..] : "";
        string fetch = branch.Length > 0 ? $"git fetch --depth=1 origin +refs/heads/{branch}:refs/remotes/origin/{branch}" : $"git fetch --depth=1 origin {revision}";
        string history = _isShallow
            ? ". The clone is shallow: let the job fetch the whole history ('fetch-depth: 0' of actions/checkout, 'fetchDepth: 0' in Azure Pipelines, 'GIT_DEPTH: 0' in GitLab), or fetch this revision: "
            : ". Fetch it: ";
        throw new BaselineException(BaselineCodes.RevisionNotFound, $"the repository '{Printable.Text(Root)}' has no revision '{Printable.Text(revision)}'{history}{Printable.Text(fetch)}");
    }

    /// <summary>What a commit has at a path, or null.</summary>
    public GitEntry? Find(string commit, string path) => List(commit, path).FirstOrDefault(entry => entry.Path == path);

    /// <summary>The files below a folder of a commit, at any depth.</summary>
    public ImmutableArray<GitEntry> Files(string commit, string folder) => [.. List(commit, folder, "-r").Where(entry => entry.Type == "blob")];

    /// <summary>What a folder of a commit holds itself.</summary>
    public ImmutableArray<GitEntry> Children(string commit, string folder) => folder.Length == 0 ? List(commit) : List(commit, folder + "/");

    /// <summary>The id of the tree of a folder of a commit.</summary>
    public string Tree(string commit, string folder) => folder.Length == 0
        ? Id(GitCommand.Run(Root, _cancellationToken, "rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{tree}")) ?? commit
        : Find(commit, folder)?.Id ?? commit;

    /// <summary>The value of a setting, or null.</summary>
    public string? Setting(string name) => GitCommand.Run(Root, _cancellationToken, "config", "--get", name) is { ExitCode: 0 } answer ? answer.FirstLine : null;

    /// <summary>Writes the content of a blob.</summary>
    public void CopyBlob(GitEntry entry, Stream target) => GitCommand.CopyBlob(Root, entry.Id, entry.Size, target, _cancellationToken);

    // "<mode> SP <type> SP <object> SP+ <size> TAB <path> NUL", https://git-scm.com/docs/git-ls-tree#_output_format
    private ImmutableArray<GitEntry> List(string commit, string? path = null, params ReadOnlySpan<string> options)
    {
        string[] paths = path is null ? [] : ["--", path];
        GitAnswer answer = GitCommand.Run(Root, _cancellationToken, ["--literal-pathspecs", "ls-tree", "-z", "-l", "--full-tree", .. options, "--end-of-options", commit, .. paths]);
        if (answer.ExitCode != 0)
            throw new BaselineException(BaselineCodes.GitFailed, $"git cannot list commit {commit}{GitCommand.Said(answer.Error)}");
        ImmutableArray<GitEntry>.Builder entries = ImmutableArray.CreateBuilder<GitEntry>();
        foreach (string line in answer.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            string[] parts = line[..Math.Max(0, tab)].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 4 || !IsId(parts[2]))
                throw new BaselineException(BaselineCodes.GitFailed, $"git lists commit {commit} in an unknown form");
            long size = long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
            entries.Add(new GitEntry(parts[0], parts[1], parts[2], size, line[(tab + 1)..]));
        }

        return entries.ToImmutable();
    }

    private static string? Id(GitAnswer answer) => answer.Output.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) is { } id && IsId(id) ? id : null;

    private static bool IsId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);
}

/// <summary>One entry of a tree.</summary>
/// <param name="Mode">Its mode: <c>100644</c>, <c>100755</c>, <c>120000</c> for a link, <c>040000</c> for a folder, <c>160000</c> for a submodule.</param>
/// <param name="Type"><c>blob</c>, <c>tree</c> or <c>commit</c>.</param>
/// <param name="Id">The id of the object.</param>
/// <param name="Size">The size of a blob in bytes, else 0.</param>
/// <param name="Path">The path from the root, with <c>/</c>.</param>
internal sealed record GitEntry(string Mode, string Type, string Id, long Size, string Path);
