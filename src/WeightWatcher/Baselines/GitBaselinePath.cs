namespace WeightWatcher.Baselines;

/// <summary>A baseline in a git revision, as policies, projects and tests write it: <c>git:origin/main:models/net.onnx</c>.</summary>
/// <param name="Revision">Anything that names a commit: a branch, a tag, a hash, <c>HEAD~1</c>.</param>
/// <param name="Path">The path from the root of the repository, with <c>/</c>.</param>
internal sealed record GitBaselinePath(string Revision, string Path)
{
    /// <summary>How such a path begins.</summary>
    public const string Prefix = "git:";

    /// <summary>What is expected, for messages.</summary>
    public const string Expected = "a baseline in git is written git:<revision>:<path>, such as git:origin/main:models/net.onnx, with the path from the root of the repository, with '/' and without '..'";

    /// <summary>Whether a path is meant to be one.</summary>
    public static bool IsOne(string path) => path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The parts, or null when they are not there or could not be of a file in a repository.</summary>
    public static GitBaselinePath? TryParse(string text)
    {
        if (!IsOne(text))
            return null;
        int colon = text.IndexOf(':', Prefix.Length);
        if (colon <= Prefix.Length)
            return null;
        string revision = text[Prefix.Length..colon];
        string path = text[(colon + 1)..].Replace('\\', '/').TrimEnd('/');
        bool plain = path.Length > 0 && path[0] != '/' && !path.Split('/').Any(part => part is "" or "." or "..") && !path.Any(char.IsControl);
        return plain && !revision.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) ? new GitBaselinePath(revision, path) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{Revision}:{Path}";
}
