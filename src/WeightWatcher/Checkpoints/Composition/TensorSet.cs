using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// The tensors of a checkpoint while parts of them are put together to the weights that they stand for. A weight takes the place of its first part; the parts are listed as such.
/// </summary>
internal sealed class TensorSet
{
    private readonly List<Tensor?> _tensors;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<UnreadableTensor> _unreadable;
    private readonly List<string> _notes;
    private readonly Lazy<QuantizationSettings> _settings;

    public TensorSet(Checkpoint checkpoint, SidecarFiles files)
    {
        _tensors = [.. checkpoint.Tensors];
        _unreadable = [.. checkpoint.Unreadable];
        _notes = [.. checkpoint.Notes];
        for (int i = 0; i < _tensors.Count; i++)
            _places.TryAdd(_tensors[i]!.Name, i);
        Files = files;
        _settings = new(() => QuantizationSettings.Read(files));
    }

    /// <summary>The files beside the model.</summary>
    public SidecarFiles Files { get; }

    /// <summary>What the files beside the model say of its quantization; read when first asked for.</summary>
    public QuantizationSettings Quantization => _settings.Value;

    /// <summary>True when something was put together or left out.</summary>
    public bool Changed { get; private set; }

    /// <summary>The tensors that are still there, in the order of the artifact; the set may change while they are gone through.</summary>
    public IEnumerable<Tensor> All()
    {
        for (int i = 0; i < _tensors.Count; i++)
        {
            if (_tensors[i] is { } tensor)
                yield return tensor;
        }
    }

    /// <summary>The tensor of a name, or null.</summary>
    public Tensor? Find(string name) => _places.TryGetValue(name, out int place) ? _tensors[place] : null;

    /// <summary>The tensor of a name, which another tensor cannot do without.</summary>
    /// <exception cref="ArtifactException"><c>WWG2010</c> when it is not there.</exception>
    public Tensor Require(string name, Tensor needs) => Find(name)
        ?? throw new ArtifactException(ArtifactCodes.Malformed, $"expected the tensor '{Printable.Text(name)}' beside it, found none") { Tensor = needs.Name };

    /// <summary>Puts a weight in the place of the first of its parts.</summary>
    /// <param name="whole">The weight; it may have the name of one of its parts.</param>
    /// <param name="parts">Its parts; null ones are passed over.</param>
    public void Compose(Tensor whole, params ReadOnlySpan<Tensor?> parts)
    {
        Changed = true;
        int place = int.MaxValue;
        foreach (Tensor? part in parts)
        {
            if (part is null)
                continue;
            place = Math.Min(place, _places[part.Name]);
            if (part.Name != whole.Name)
                _unreadable.Add(new UnreadableTensor(part.Name, part.Shape, $"part of the weight '{Printable.Text(whole.Name)}'"));
            Remove(part);
        }

        if (!_places.TryAdd(whole.Name, place))
            throw new ArtifactException(ArtifactCodes.DuplicateTensor, "the artifact holds the weight and the parts of another one of this name") { Tensor = whole.Name };
        _tensors[place] = whole;
    }

    /// <summary>Lists a tensor as a weight that cannot be read.</summary>
    public void Leave(Tensor tensor, string reason)
    {
        Changed = true;
        _unreadable.Add(new UnreadableTensor(tensor.Name, tensor.Shape, reason) { Parameters = tensor.Count });
        Remove(tensor);
    }

    /// <summary>Lists codes that cannot be decoded as a weight that cannot be read, and what would turn them into numbers as parts of it.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="parameters">How many weights they stand for, 0 or more.</param>
    /// <param name="reason">Why they are not decoded.</param>
    /// <param name="parts">Their scales, zero points and the like; null ones are passed over.</param>
    public void LeaveCodes(Tensor codes, long parameters, string reason, params ReadOnlySpan<Tensor?> parts)
    {
        Changed = true;
        _unreadable.Add(new UnreadableTensor(codes.Name, codes.Shape, reason) { Parameters = parameters });
        Remove(codes);
        foreach (Tensor? part in parts)
        {
            if (part is not null)
                Pass(part, $"part of the codes '{Printable.Text(codes.Name)}', which are not decoded");
        }
    }

    /// <summary>Lists a tensor as one that says something of another and is no weight.</summary>
    public void Pass(Tensor tensor, string reason)
    {
        Changed = true;
        _unreadable.Add(new UnreadableTensor(tensor.Name, tensor.Shape, reason));
        Remove(tensor);
    }

    /// <summary>Adds a tensor behind the others.</summary>
    public void Add(Tensor tensor)
    {
        Changed = true;
        if (!_places.TryAdd(tensor.Name, _tensors.Count))
            throw new ArtifactException(ArtifactCodes.DuplicateTensor, "the artifact holds another tensor of this name") { Tensor = tensor.Name };
        _tensors.Add(tensor);
    }

    /// <summary>Tells the reader of the report something, once.</summary>
    public void Note(string sentence)
    {
        Changed = true;
        if (!_notes.Contains(sentence))
            _notes.Add(sentence);
    }

    /// <summary>The checkpoint of what is there now.</summary>
    public Checkpoint ToCheckpoint(Checkpoint origin) => new()
    {
        Format = origin.Format,
        Tensors = [.. _tensors.OfType<Tensor>()],
        Unreadable = [.. _unreadable],
        Files = [.. origin.Files, .. Files.Files],
        LookedFor = [.. origin.LookedFor, .. Files.Absent],
        Notes = [.. _notes],
    };

    private void Remove(Tensor tensor)
    {
        _tensors[_places[tensor.Name]] = null;
        _places.Remove(tensor.Name);
    }
}
