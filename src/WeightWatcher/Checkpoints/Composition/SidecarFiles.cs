using System.Globalization;
using System.Text.Json;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// The small JSON files that lie beside a model and say what its tensors mean. Opened when a tensor needs them; they count as files of the artifact from then on.
/// </summary>
internal sealed class SidecarFiles(string artifactPath)
{
    private const int MaxBytes = 4 << 20;
    private const int MaxDepth = 32;

    private readonly Dictionary<string, JsonElement?> _known = new(StringComparer.Ordinal);
    private readonly List<ArtifactFile> _files = [];
    private readonly List<string> _absent = [];

    /// <summary>The files that were opened, in order of first use. Whoever made this closes them.</summary>
    public IReadOnlyList<ArtifactFile> Files => _files;

    /// <summary>The full paths at which there was none.</summary>
    public IReadOnlyList<string> Absent => _absent;

    /// <summary>The full path of the file that the last call of <see cref="Find"/> found, for messages.</summary>
    public string? LastPath { get; private set; }

    /// <summary>The object in a file beside the artifact, or null when there is no such file.</summary>
    /// <param name="name">The file's name.</param>
    /// <exception cref="ArtifactException">The file is too large, is no JSON object, or cannot be read.</exception>
    public JsonElement? Find(string name)
    {
        if (_known.TryGetValue(name, out JsonElement? known))
            return known;
        string path = Path.Combine(Path.GetDirectoryName(artifactPath) ?? "", name);
        JsonElement? found = File.Exists(path) && path != artifactPath ? Read(name) : null;
        if (found is null)
            _absent.Add(Path.GetFullPath(path));
        _known.Add(name, found);
        return found;
    }

    private JsonElement Read(string name)
    {
        ArtifactFile file = ArtifactFile.Open(ContainedPath.Resolve(artifactPath, name, allowBlobStore: true));
        _files.Add(file);
        LastPath = file.Path;
        if (file.Length > MaxBytes)
            throw Fault(file, ArtifactCodes.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"the file has {file.Length} bytes, at most {MaxBytes} are read"));
        byte[] bytes = new byte[(int)file.Length];
        file.Read(0, bytes);
        ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith<byte>([0xef, 0xbb, 0xbf]) ? bytes.AsMemory(3) : bytes;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Fault(file, ArtifactCodes.Malformed, $"expected a JSON object, found {document.RootElement.ValueKind}");
        }
        catch (JsonException e)
        {
            throw Fault(file, ArtifactCodes.Malformed, $"the file is not valid JSON: {Printable.Text(e.Message)}", e);
        }
    }

    private static ArtifactException Fault(ArtifactFile file, DiagnosticCode code, string message, Exception? inner = null) => new(code, message, inner) { Path = file.Path };
}
