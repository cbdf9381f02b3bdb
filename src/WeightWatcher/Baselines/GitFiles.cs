using System.Collections.Immutable;
using System.Security.Cryptography;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Baselines;

/// <summary>
/// Files of a revision, written where readers find them: by the id of what they are, so that the same content is written once whatever it is called. Kept in a folder that
/// several processes share, or in one that is gone afterwards.
/// </summary>
internal sealed class GitFiles : IDisposable
{
    /// <summary>The most files of a folder.</summary>
    private const int MaxFiles = 10_000;

    /// <summary>The most bytes of one file: 64 GB.</summary>
    private const long MaxBytes = 64L << 30;

    /// <summary>How long files that nobody used are kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly GitRepository _repository;
    private readonly GitBaselinePath _path;
    private readonly string _commit;
    private readonly GitEntry _entry;
    private readonly string _store;
    private readonly bool _isTemporary;
    private readonly CancellationToken _cancellationToken;
    private bool _isInTree;

    private GitFiles(GitRepository repository, GitBaselinePath path, string commit, GitEntry entry, string? cacheDirectory, CancellationToken cancellationToken)
    {
        _repository = repository;
        _path = path;
        _commit = commit;
        _entry = entry;
        _isTemporary = cacheDirectory is null;
        _store = cacheDirectory is null ? Directory.CreateTempSubdirectory("weightwatcher-git-").FullName : System.IO.Path.Combine(cacheDirectory, "git");
        _cancellationToken = cancellationToken;
    }

    /// <summary>The full path of the file or folder.</summary>
    public string Path { get; private set; } = "";

    /// <summary>The id of the object that the path is in its revision.</summary>
    public string Identity => _entry.Id;

    /// <summary>Writes a file, or the files of a folder, of a revision.</summary>
    /// <param name="path">Which.</param>
    /// <param name="folder">A folder in the repository.</param>
    /// <param name="cacheDirectory">The full path of the folder that keeps them, or null for one that is deleted on disposal.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BaselineException">There is no such revision or file, or git or the disk refuses.</exception>
    public static GitFiles Write(GitBaselinePath path, string folder, string? cacheDirectory, CancellationToken cancellationToken)
    {
        GitRepository repository = GitRepository.Open(folder, cancellationToken);
        string commit = repository.Commit(path.Revision);
        if (repository.Find(commit, path.Path) is not { } entry)
            throw new BaselineException(BaselineCodes.NotFound, $"revision '{Printable.Text(path.Revision)}' (commit {commit[..12]}) of '{Printable.Text(repository.Root)}' has no '{Printable.Text(path.Path)}'{Instead(repository, commit, path)}");
        GitFiles files = new(repository, path, commit, entry, cacheDirectory, cancellationToken);
        try
        {
            files.WriteEntry();
            return files;
        }
        catch (Exception e)
        {
            files.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new BaselineException(BaselineCodes.GitFailed, $"the files of {path} cannot be written to '{Printable.Text(files._store)}': {Printable.Text(e.Message)}", null, e);
            throw;
        }
    }

    /// <summary>Writes another file that an artifact names, from the same revision.</summary>
    /// <param name="name">The name, relative to the artifact's folder.</param>
    /// <returns>False when the revision does not have it.</returns>
    public bool WriteBeside(string name)
    {
        if (_entry.Type != "blob")
            return false;
        string folder = FolderOf(_path.Path);
        string full = folder.Length == 0 ? name.Replace('\\', '/') : $"{folder}/{name.Replace('\\', '/')}";
        if (GitBaselinePath.TryParse($"{GitBaselinePath.Prefix}{_path.Revision}:{full}") is not { } path || _repository.Find(_commit, path.Path) is not { Type: "blob" } entry)
            return false;
        // A file of the same content may name other files in another revision: from here on the folder is that of the whole tree.
        string tree = System.IO.Path.Combine(_store, _repository.Tree(_commit, folder));
        bool moves = !_isInTree;
        if (moves)
        {
            Path = Put(_entry, System.IO.Path.Combine(tree, System.IO.Path.GetFileName(_path.Path)), mayStayOutside: false);
            _isInTree = true;
        }

        string target = System.IO.Path.Combine(tree, System.IO.Path.Combine(path.Path[(folder.Length == 0 ? 0 : folder.Length + 1)..].Split('/')));
        bool isNew = !File.Exists(target);
        _ = Put(entry, target, mayStayOutside: false);
        return moves || isNew;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isTemporary)
            return;
        try
        {
            Directory.Delete(_store, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system clears its folder of temporary files.
        }
    }

    private void WriteEntry()
    {
        string folder = System.IO.Path.Combine(_store, _entry.Id);
        if (!_isTemporary && !Directory.Exists(folder))
            Trim();
        switch (_entry)
        {
            case { Type: "blob", Mode: not "120000" }:
                Path = Put(_entry, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(_path.Path)), mayStayOutside: true);
                break;
            case { Type: "tree" }:
                ImmutableArray<GitEntry> files = _repository.Files(_commit, _path.Path);
                if (files.Length > MaxFiles)
                    throw new BaselineException(BaselineCodes.GitFailed, FormattableString.Invariant($"the folder has {files.Length} files; a baseline has at most {MaxFiles}"));
                foreach (GitEntry file in files.Where(file => file.Mode != "120000"))
                    Put(file, System.IO.Path.Combine(folder, System.IO.Path.Combine(file.Path[(_path.Path.Length + 1)..].Split('/'))), mayStayOutside: false);
                Path = folder;
                break;
            default:
                string kind = _entry.Type == "commit" ? "a submodule" : "a symbolic link";
                throw new BaselineException(BaselineCodes.GitFailed, $"'{Printable.Text(_path.Path)}' is {kind} in revision '{Printable.Text(_path.Revision)}'; name the file itself");
        }

        if (!_isTemporary)
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
    }

    /// <summary>Writes a blob, or the LFS object that it points to, to a place.</summary>
    /// <returns>Where it is: at that place, or, when it may stay there, among the LFS objects.</returns>
    private string Put(GitEntry entry, string target, bool mayStayOutside)
    {
        if (entry.Size > MaxBytes)
            throw new BaselineException(BaselineCodes.GitFailed, FormattableString.Invariant($"'{Printable.Text(entry.Path)}' has {entry.Size} bytes; a baseline has at most {MaxBytes}"));
        if (!System.IO.Path.GetFullPath(target).StartsWith(_store + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new BaselineException(BaselineCodes.GitFailed, $"'{Printable.Text(entry.Path)}' is no name of a file here");
        if (entry.Size < LfsPointer.MaxLength)
        {
            using MemoryStream small = new();
            _repository.CopyBlob(entry, small);
            if (LfsPointer.TryParse(small.ToArray()) is { } pointer)
                return PutLfs(pointer, entry, target, mayStayOutside);
        }

        if (File.Exists(target) && new FileInfo(target).Length == entry.Size)
            return target;
        WriteWhole(target, stream => _repository.CopyBlob(entry, stream));
        return target;
    }

    private string PutLfs(LfsPointer pointer, GitEntry entry, string target, bool mayStayOutside)
    {
        if (File.Exists(target) && new FileInfo(target).Length == pointer.Size)
            return target;
        string storage = _repository.Setting("lfs.storage") is { Length: > 0 } set ? System.IO.Path.GetFullPath(set, _repository.CommonFolder) : System.IO.Path.Combine(_repository.CommonFolder, "lfs");
        string found = pointer.PathIn(storage);
        if (!File.Exists(found) || new FileInfo(found).Length != pointer.Size)
        {
            string remote = _path.Revision.StartsWith("origin/", StringComparison.Ordinal) ? _path.Revision["origin/".Length..] : _path.Revision;
            throw new BaselineException(
                BaselineCodes.LfsObjectMissing,
                FormattableString.Invariant($"'{Printable.Text(entry.Path)}' is in Git LFS in revision '{Printable.Text(_path.Revision)}', and its object of {pointer.Size} bytes is not at '{Printable.Text(found)}'. Fetch it: git lfs fetch origin {Printable.Text(remote)} --include={Printable.Text(entry.Path)} (in GitHub Actions 'lfs: true' fetches those of the checked-out revision only)"));
        }

        if (mayStayOutside)
            return found;
        WriteWhole(target, stream =>
        {
            using FileStream source = File.OpenRead(found);
            source.CopyTo(stream);
        });
        return target;
    }

    private void WriteWhole(string target, Action<Stream> write)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        string temporary = $"{target}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp";
        try
        {
            using (FileStream stream = File.Create(temporary))
                write(stream);
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void Trim()
    {
        if (!Directory.Exists(_store))
            return;
        foreach (DirectoryInfo folder in new DirectoryInfo(_store).EnumerateDirectories())
        {
            try
            {
                if (DateTime.UtcNow - folder.LastWriteTimeUtc > Kept)
                    folder.Delete(recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody reads it: the next one deletes it.
            }
        }
    }

    // Which files are there, for the commonest slips: another folder, another case.
    private static string Instead(GitRepository repository, string commit, GitBaselinePath path)
    {
        const int shown = 5;
        string folder = FolderOf(path.Path);
        GitEntry[] there = [.. repository.Children(commit, folder)];
        string place = folder.Length == 0 ? "its root" : $"'{Printable.Text(folder)}'";
        return there.Length == 0
            ? $"; it has no folder {place} either. The path is from the root of the repository"
            : $"; {place} has {string.Join(", ", there.Take(shown).Select(entry => $"'{Printable.Text(entry.Path)}'"))}{(there.Length > shown ? ", ..." : "")}";
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";
}
