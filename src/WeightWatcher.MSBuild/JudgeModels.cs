using Microsoft.Build.Framework;
using WeightWatcher.Codes;

namespace WeightWatcher.MSBuild;

/// <summary>Judges model artifacts by their policies and says what is wrong as errors and warnings of the build.</summary>
[MSBuildMultiThreadableTask]
#pragma warning disable CA1819 // MSBuild sets lists as arrays.
public sealed class JudgeModels : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary><c>Gate</c>, <c>Report</c>, <c>Update</c>, <c>Accepted</c>, <c>Calibrate</c>, <c>List</c> or <c>Recorded</c>.</summary>
    [Required]
    public string Mode { get; set; } = "";

    /// <summary>The full path of the project.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The artifacts, with the metadata <c>Policy</c>, <c>Baseline</c>, <c>BaseModel</c> and <c>Name</c>.</summary>
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Patterns of artifacts, expanded now.</summary>
    public string[] Patterns { get; set; } = [];

    /// <summary>The marks of what the outer build judges, as its <see cref="Listed"/> has them.</summary>
    public string[] Shared { get; set; } = [];

    /// <summary>The marks of the artifacts and patterns that a run of the mode <c>List</c> was given.</summary>
    [Output]
    public string[] Listed { get; private set; } = [];

    /// <summary>Whether another run of the same build sees to it that there is something to judge.</summary>
    public bool MayBeEmpty { get; set; }

    /// <summary>Whether a gate without any artifact passes, and a pattern may match nothing.</summary>
    public bool AllowNoModels { get; set; }

    /// <summary>The policy of artifacts that name none.</summary>
    public string? PolicyFile { get; set; }

    /// <summary>Where reports go.</summary>
    [Required]
    public string ReportDirectory { get; set; } = "";

    /// <summary>Which reports are written.</summary>
    public string[] ReportFormats { get; set; } = [];

    /// <summary>The record of what was judged.</summary>
    [Required]
    public string RecordFile { get; set; } = "";

    /// <summary>The list of written files.</summary>
    [Required]
    public string WrittenFilesList { get; set; } = "";

    /// <summary>Where measured layers are kept; empty or <c>off</c> to keep none.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>The native library of ONNX Runtime, or a folder that holds it; empty to take it from the project's assets.</summary>
    public string? OnnxRuntimePath { get; set; }

    /// <summary>The project's assets that may be that library, as far as the build has resolved them.</summary>
    public string[] OnnxRuntimeAssets { get; set; } = [];

    /// <summary>NuGet's list of the project's assets, in which the library is looked for after that.</summary>
    public string? ProjectAssetsFile { get; set; }

    /// <summary>The file to which continuous integration lets a step add Markdown; empty or <c>off</c> for none.</summary>
    public string? JobSummary { get; set; }

    /// <summary>What an update of baselines may loosen: patterns <c>layer:metric</c>.</summary>
    public string[] Accept { get; set; } = [];

    /// <summary>Whether other runs of the same update may use these acceptances.</summary>
    public bool OneOfSeveralUpdates { get; set; }

    /// <summary>The marks of used and unused acceptances: of this run of the mode <c>Update</c>, or of all runs for one of the mode <c>Accepted</c>.</summary>
    [Output]
    public string[] Acceptances { get; set; } = [];

    /// <summary>Why.</summary>
    public string? AcceptReason { get; set; }

    /// <summary>The last day on which that holds.</summary>
    public string? AcceptUntil { get; set; }

    /// <summary>The variables by which continuous integration says that it is one.</summary>
    public string? ContinuousIntegration { get; set; }

    /// <summary>Whether baselines are updated there too.</summary>
    public bool UpdateInContinuousIntegration { get; set; }

    /// <summary>The file that a calibration writes; empty for the policy file of the project, or <c>weightwatcher.yml</c> beside it.</summary>
    public string? CalibratedPolicy { get; set; }

    /// <summary>Whether a calibration may replace a file that is there.</summary>
    public bool Overwrite { get; set; }

    /// <summary>The folder of the pages that explain the codes.</summary>
    [Required]
    public string PagesFolder { get; set; } = "";

    /// <summary>The project's property of this name.</summary>
    public bool TreatWarningsAsErrors { get; set; }

    /// <summary>The project's property of this name.</summary>
    public string? WarningsAsErrors { get; set; }

    /// <summary>The project's property of this name.</summary>
    public string? WarningsNotAsErrors { get; set; }

    /// <summary>The project's property of this name.</summary>
    public string? NoWarn { get; set; }

    /// <inheritdoc/>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            GateSettings settings = Settings();
            GateLog log = new(Log, settings, new(TreatWarningsAsErrors, WarningsAsErrors, WarningsNotAsErrors, NoWarn));
            if (settings.Mode == GateMode.Accepted)
            {
                new BaselineRun(settings, Baselines(), log).SayUnused(Acceptances);
                return !Log.HasLoggedErrors;
            }

            GateRun run = new(settings, log);
            ModelList? list = settings.Mode == GateMode.Recorded
                ? run.Recorded()
                : ModelList.Collect(settings, Models.Select(model => ModelList.Item(model, settings.ProjectDirectory)), Patterns, Shared.ToHashSet(StringComparer.Ordinal));
            if (settings.Mode == GateMode.List)
                Listed = [.. list!.Items.Select(item => SharedMark.Of(item, settings)), .. PropertyList.Split(Patterns).Select(SharedMark.Of)];
            else if (settings.Mode == GateMode.Update)
                Acceptances = [.. new BaselineRun(settings, Baselines(), log).Update(list!, _cancellation.Token)];
            else if (settings.Mode == GateMode.Calibrate)
                new CalibrationRun(settings, CalibratedFile(settings), Overwrite, log).Write(list!, _cancellation.Token);
            else if (list is not null)
                run.Judge(list, _cancellation.Token);
            return !Log.HasLoggedErrors;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // Whatever went wrong, nothing was judged good: the build fails with a code, and without a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            string message = $"the gate failed by a fault of its own: {e.GetType().Name}: {e.Message}".ReplaceLineEndings(" ");
            Log.LogError(null, EnvironmentCodes.InternalError.Id, null, null, ProjectFile, 1, 1, 0, 0, "{0}", message);
            Log.LogMessage(MessageImportance.Low, "{0}", e.ToString());
            return false;
        }
    }

    private string CalibratedFile(GateSettings settings)
    {
        if (!string.IsNullOrWhiteSpace(CalibratedPolicy))
            return ProjectPath.Full(CalibratedPolicy.Trim(), settings.ProjectDirectory);
        return settings.PolicyFile is { } named && !PolicyLookup.IsBuiltIn(named) ? named : Path.Combine(settings.ProjectDirectory, PolicyLookup.FileName);
    }

    private BaselineSettings Baselines() => new()
    {
        Acceptance = new()
        {
            Changes = string.Join(';', PropertyList.Split(Accept)),
            Reason = AcceptReason,
            Until = AcceptUntil,
        },
        IsOneOfSeveral = OneOfSeveralUpdates,
        IsForbidden = BaselineSettings.IsContinuousIntegration(ContinuousIntegration) && !UpdateInContinuousIntegration,
    };

    private GateSettings Settings()
    {
        string folder = Path.GetDirectoryName(ProjectFile)!;
        string? summary = string.IsNullOrWhiteSpace(JobSummary) || string.Equals(JobSummary.Trim(), "off", StringComparison.OrdinalIgnoreCase) ? null : ProjectPath.Full(JobSummary.Trim(), folder);
        IEnumerable<string> formats = PropertyList.Split(ReportFormats).Select(f => f.ToLowerInvariant());
        return new()
        {
            JobSummaryFile = summary,
            Mode = Enum.Parse<GateMode>(Mode),
            ProjectFile = ProjectFile,
            PolicyFile = string.IsNullOrWhiteSpace(PolicyFile) ? null : ModelList.PolicyPath(PolicyFile.Trim(), folder),
            ReportDirectory = ProjectPath.Full(ReportDirectory, folder),
            // The job summary is the Markdown report.
            ReportFormats = [.. (summary is null ? formats : formats.Append("markdown")).Distinct()],
            RecordFile = ProjectPath.Full(RecordFile, folder),
            WrittenFilesList = ProjectPath.Full(WrittenFilesList, folder),
            PagesFolder = PagesFolder,
            CacheDirectory = CacheSetting.Folder(CacheDirectory, folder),
            OnnxRuntimePath = string.IsNullOrWhiteSpace(OnnxRuntimePath) ? null : ProjectPath.Full(OnnxRuntimePath.Trim(), folder),
            OnnxRuntimeAssets = [.. OnnxRuntimeAssets.Where(path => path.Length > 0).Select(path => ProjectPath.Full(path, folder))],
            ProjectAssetsFile = string.IsNullOrWhiteSpace(ProjectAssetsFile) ? null : ProjectPath.Full(ProjectAssetsFile.Trim(), folder),
            MayBeEmpty = MayBeEmpty,
            AllowNoModels = AllowNoModels,
        };
    }
}
