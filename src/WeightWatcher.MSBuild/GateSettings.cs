using System.Collections.Immutable;

namespace WeightWatcher.MSBuild;

/// <summary>What a run of the gate is told by the targets. All paths are full.</summary>
internal sealed record GateSettings
{
    /// <summary>What the run is for.</summary>
    public required GateMode Mode { get; init; }

    /// <summary>The project; diagnostics that have no line of a policy point at it.</summary>
    public required string ProjectFile { get; init; }

    /// <summary>The policy of artifacts that name none: a file, a built-in policy's name, or null to look for <c>weightwatcher.yml</c>.</summary>
    public required string? PolicyFile { get; init; }

    /// <summary>Where reports go.</summary>
    public required string ReportDirectory { get; init; }

    /// <summary>Which reports are written, lower case.</summary>
    public required ImmutableArray<string> ReportFormats { get; init; }

    /// <summary>The file to which continuous integration lets a step add Markdown, or null.</summary>
    public string? JobSummaryFile { get; init; }

    /// <summary>The record of what was judged.</summary>
    public required string RecordFile { get; init; }

    /// <summary>The list of written files, a line each, that <c>Clean</c> deletes.</summary>
    public required string WrittenFilesList { get; init; }

    /// <summary>The folder of the pages that explain the codes.</summary>
    public required string PagesFolder { get; init; }

    /// <summary>Where measured layers are kept, or null to keep none.</summary>
    public required string? CacheDirectory { get; init; }

    /// <summary>The native library of ONNX Runtime or a folder that holds it, as the project names it; or null.</summary>
    public string? OnnxRuntimePath { get; init; }

    /// <summary>Assets of the project that may be that library.</summary>
    public ImmutableArray<string> OnnxRuntimeAssets { get; init; } = [];

    /// <summary>NuGet's list of the project's assets, or null.</summary>
    public string? ProjectAssetsFile { get; init; }

    /// <summary>Whether another run of the same build sees to it that there is something to judge; a pattern that matches nothing is an error all the same.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Whether a gate without any artifact passes, and a pattern may match nothing.</summary>
    public required bool AllowNoModels { get; init; }

    /// <summary>The folder of the project; paths are relative to it and shown relative to it.</summary>
    public string ProjectDirectory => Path.GetDirectoryName(ProjectFile)!;
}
