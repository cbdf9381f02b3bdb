using System.Collections.Immutable;
using System.Text.Json;

namespace WeightWatcher.MSBuild;

/// <summary>What NuGet restored for a project, as its list of assets says (<c>project.assets.json</c>).</summary>
internal static class ProjectAssets
{
    /// <summary>
    /// The files of packages that are native libraries of ONNX Runtime, for any system and any target framework, that exist; in the order of the list. Empty when there is no
    /// list that can be read.
    /// </summary>
    public static ImmutableArray<string> OnnxRuntime(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. Find(document.RootElement).Distinct(StringComparer.Ordinal).Where(File.Exists)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Find(JsonElement root)
    {
        string[] folders = [.. root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        JsonElement libraries = root.GetProperty("libraries");
        foreach (JsonProperty target in root.GetProperty("targets").EnumerateObject())
        {
            foreach (JsonProperty package in target.Value.EnumerateObject())
            {
                string[] files = [.. Files(package.Value, "native").Concat(Files(package.Value, "runtimeTargets")).Where(IsLibrary)];
                if (files.Length == 0 || !libraries.TryGetProperty(package.Name, out JsonElement library) || !library.TryGetProperty("path", out JsonElement relative))
                    continue;
                foreach (string file in files)
                {
                    foreach (string folder in folders)
                        yield return Path.GetFullPath(Path.Combine(folder, relative.GetString()!, file));
                }
            }
        }
    }

    private static IEnumerable<string> Files(JsonElement package, string group) =>
        package.TryGetProperty(group, out JsonElement files) ? files.EnumerateObject().Select(file => file.Name) : [];

    private static bool IsLibrary(string file) => Path.GetFileNameWithoutExtension(file) is "onnxruntime" or "libonnxruntime" && Path.GetExtension(file) is ".dll" or ".so" or ".dylib";
}
