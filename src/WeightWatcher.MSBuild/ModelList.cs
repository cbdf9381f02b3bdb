using System.Collections.Immutable;
using Microsoft.Build.Framework;
using WeightWatcher.Codes;

namespace WeightWatcher.MSBuild;

/// <summary>Which artifacts a gate judges.</summary>
/// <param name="Items">The artifacts, each once with every policy, baseline and base model that it is given, in the order of the project, then those that only patterns found.</param>
/// <param name="Diagnostics">What is wrong with the list itself.</param>
internal sealed record ModelList(ImmutableArray<ModelItem> Items, ImmutableArray<BuildDiagnostic> Diagnostics)
{
    /// <summary>Collects the artifacts of a project.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="models">The artifacts of its items.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="shared">The marks of what the run for all target frameworks together is given. It judges these artifacts as they were
    /// when it listed them, and says which of these patterns match nothing.</param>
    public static ModelList Collect(
        GateSettings settings,
        IEnumerable<ModelItem> models,
        IEnumerable<string> patterns,
        IReadOnlySet<string> shared)
    {
        string folder = settings.ProjectDirectory;
        // What the project says of an artifact goes before a pattern that finds it too.
        HashSet<string> named = [];
        HashSet<ModelItem> seen = [];
        ImmutableArray<ModelItem>.Builder items = ImmutableArray.CreateBuilder<ModelItem>();
        ImmutableArray<BuildDiagnostic>.Builder diagnostics = ImmutableArray.CreateBuilder<BuildDiagnostic>();
        foreach (ModelItem item in models)
        {
            named.Add(item.Path);
            if (seen.Add(item with { Name = null }) && !IsShared(item))
                items.Add(item);
        }

        foreach (string pattern in PropertyList.Split(patterns).Distinct(StringComparer.Ordinal))
        {
            IReadOnlyList<string> files = FilePattern.Expand(pattern, folder);
            items.AddRange(files.Where(named.Add).Select(f => new ModelItem { Path = f }).Where(item => !IsShared(item)));
            if (files.Count == 0 && !settings.AllowNoModels && !shared.Contains(SharedMark.Of(pattern)))
                diagnostics.Add(Error(settings, EnvironmentCodes.PatternMatchesNothing, $"the pattern '{pattern}' of WeightWatcherModelGlobs matches no file under {folder}"));
        }

        if (items.Count == 0 && diagnostics.Count == 0 && !settings.MayBeEmpty && !settings.AllowNoModels)
        {
            diagnostics.Add(Error(
                settings,
                EnvironmentCodes.NoModels,
                "there is no model to judge: add a WeightWatcherModel item or WeightWatcherModelGlobs, or set WeightWatcherAllowNoModels to true in projects that ship none"));
        }

        return new(items.ToImmutable(), diagnostics.ToImmutable());

        // Without marks no file needs to be looked at.
        bool IsShared(ModelItem item) => shared.Count > 0 && shared.Contains(SharedMark.Of(item, settings));
    }

    /// <summary>The artifact of an item.</summary>
    public static ModelItem Item(ITaskItem model, string projectDirectory) => new()
    {
        Path = ProjectPath.Full(model.ItemSpec, projectDirectory),
        Policy = Metadata(model, "Policy") is { } policy ? PolicyPath(policy, projectDirectory) : null,
        Baseline = Metadata(model, "Baseline") is { } baseline ? BaselinePath(baseline, projectDirectory) : null,
        BaseModel = Metadata(model, "BaseModel") is { } baseModel ? ProjectPath.Full(baseModel, projectDirectory) : null,
        Name = Metadata(model, "Name"),
    };

    /// <summary>The full path of a policy, or the name of a built-in one.</summary>
    public static string PolicyPath(string policy, string projectDirectory)
    {
        string path = ProjectPath.Full(policy, projectDirectory);
        return PolicyLookup.IsBuiltIn(policy) && !File.Exists(path) ? policy : path;
    }

    /// <summary>A baseline as the gate takes it: a full path, or one in a git revision.</summary>
    private static string BaselinePath(string baseline, string projectDirectory)
    {
        if (baseline.StartsWith("git:", StringComparison.Ordinal))
            return baseline;
        string path = ProjectPath.Full(baseline, projectDirectory);
        return Path.EndsInDirectorySeparator(ProjectPath.Native(baseline)) ? path + Path.DirectorySeparatorChar : path;
    }

    private static string? Metadata(ITaskItem item, string name) => item.GetMetadata(name) is { Length: > 0 } value ? value.Trim() : null;

    private static BuildDiagnostic Error(GateSettings settings, DiagnosticCode code, string message) =>
        new(Severity.Error, code.Id, message, settings.ProjectFile, 1, 1);
}
