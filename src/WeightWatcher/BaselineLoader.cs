using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Baselines;
using WeightWatcher.Caching;
using WeightWatcher.Codes;

namespace WeightWatcher;

/// <summary>
/// Finds what a model is compared with, wherever it comes from: a baseline file is read before the model is analysed, so that layers which did not change need not be
/// measured; a checkpoint is analysed after it, for the same reason.
/// </summary>
internal sealed class BaselineLoader : IDisposable
{
    private const string HowToMake = "To make it: dotnet build -t:WeightWatcherUpdateBaseline, or WEIGHTWATCHER_UPDATE_BASELINE=1 dotnet test";

    private readonly string _spec;
    private GitFiles? _git;
    private string? _path;

    private BaselineLoader(string spec) => _spec = spec;

    /// <summary>The baseline file, or null when the baseline is a checkpoint or cannot be read.</summary>
    public Baseline? File { get; private set; }

    /// <summary>Why there is no baseline, or null.</summary>
    public Violation? Fault { get; private set; }

    /// <summary>The files that were found, full paths.</summary>
    public ImmutableArray<string> Files { get; private set; } = [];

    /// <summary>The full path of the file that is the baseline, or null when there is none or it is in a revision.</summary>
    public string? FoundPath => _git is null ? _path : null;

    /// <summary>What was read from a revision, or null.</summary>
    public GitInput? Git { get; private set; }

    /// <summary>Finds a baseline; what is wrong with it is kept, not thrown.</summary>
    /// <param name="spec">A full path or <c>git:revision:path</c>.</param>
    /// <param name="folder">The folder in whose repository revisions are looked up.</param>
    /// <param name="modelPath">The path of the model that will be compared.</param>
    /// <param name="cacheDirectory">The folder that keeps files of revisions, or null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static BaselineLoader Open(string spec, string folder, string modelPath, string? cacheDirectory, CancellationToken cancellationToken)
    {
        BaselineLoader loader = new(spec);
        try
        {
            loader.Find(folder, modelPath, cacheDirectory, cancellationToken);
        }
        catch (BaselineException e)
        {
            loader.Fault = Of(e);
            loader.Dispose();
        }

        return loader;
    }

    /// <summary>The baseline, analysed where it is a checkpoint; null when <see cref="Fault"/> says why.</summary>
    /// <param name="analyze">Analyses an artifact.</param>
    /// <param name="model">The report of the model; layers of the same content take its rows.</param>
    public Baseline? Load(Func<string, KnownRows, (ModelReport? Report, ArtifactException? Fault, Violation? Violation)> analyze, ModelReport model)
    {
        if (Fault is not null || File is not null)
            return File;
        KnownRows known = new(model.Layers);
        try
        {
            while (true)
            {
                (ModelReport? report, ArtifactException? fault, Violation? violation) = analyze(_path!, known);
                if (report is not null)
                {
                    if (_git is null)
                        Files = [.. Files.Union(report.Artifact.Files).Union(report.Artifact.LookedFor)];
                    else
                        report = report with { Artifact = report.Artifact with { Path = _spec } };
                    return Baseline.Of(report);
                }

                // External data and shards come from the same revision, as far as the artifact names them.
                if (fault?.MissingFile is { } missing && _git?.WriteBeside(missing) == true)
                {
                    _path = _git.Path;
                    continue;
                }

                Fault = violation;
                return null;
            }
        }
        catch (BaselineException e)
        {
            Fault = Of(e);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _git?.Dispose();

    private void Find(string folder, string modelPath, string? cacheDirectory, CancellationToken cancellationToken)
    {
        if (GitBaselinePath.IsOne(_spec))
        {
            GitBaselinePath path = GitBaselinePath.TryParse(_spec) ?? throw new BaselineException(BaselineCodes.NotFound, $"'{Printable.Text(_spec)}' names nothing: {GitBaselinePath.Expected}");
            _git = GitFiles.Write(path, folder, cacheDirectory, cancellationToken);
            Git = new GitInput(_spec, folder, _git.Identity);
            _path = _git.Path;
            if (Baseline.IsFileName(path.Path))
                File = Baselines.BaselineFile.Load(_path);
            if (File is not null)
                File = File with { FilePath = null, Report = File.Report with { Artifact = File.Report.Artifact with { Path = _spec } } };
            return;
        }

        BaselineLookup lookup = BaselineLookup.Of(_spec, modelPath);
        _path = lookup.Found ?? throw new BaselineException(BaselineCodes.NotFound, $"it was looked for at {lookup.List()}{(Baseline.IsFileName(_spec) ? $". {HowToMake}" : "")}");
        Files = _path == _spec ? [_spec] : [_spec, _path];
        if (Baseline.IsFileName(_path))
            File = Baseline.Load(_path);
    }

    private static Violation Of(BaselineException e) => new()
    {
        Code = e.Code.Id,
        Severity = Severity.Error,
        Message = $"{e.Code.Title}: {(e.Path is { } path ? Path.GetFileName(path) + ", " : "")}{e.Message}.",
        PolicyFile = e is { Path: not null, Line: not null } ? e.Path : null,
        PolicyLine = e.Path is null ? null : e.Line,
        PolicyColumn = e is { Path: not null, Line: not null } ? 1 : null,
    };
}
