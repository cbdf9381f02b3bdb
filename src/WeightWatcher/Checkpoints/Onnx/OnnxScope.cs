namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// The values of one graph that are tensors in the file, and how its operators use values. Names that the graph does not define belong to the graph around
/// it (https://github.com/onnx/onnx/blob/main/docs/IR.md#names-within-a-graph).
/// </summary>
internal sealed class OnnxScope(OnnxScope? outer)
{
    private const int MaxAliases = 16;

    private readonly Dictionary<string, OnnxTensorDraft> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorLayout> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly List<OnnxDequantization> _dequantizations = [];

    /// <summary>True when an operator turns codes into numbers, so that <see cref="ResolveDequantizations"/> is to be called when the whole model is read.</summary>
    public bool HasDequantizations => _dequantizations.Count > 0;

    private OnnxScope? Outer => outer;

    /// <summary>Adds a tensor under the name that operators use.</summary>
    /// <returns>False when the graph already has a tensor of that name.</returns>
    public bool TryAdd(string valueName, OnnxTensorDraft tensor) => _tensors.TryAdd(valueName, tensor);

    /// <summary>Notes that an operator sees a value in a certain way.</summary>
    public void Use(string valueName, TensorLayout layout) => _uses.TryAdd(valueName, layout);

    /// <summary>Notes that an operator hands a value on with its shape and meaning unchanged.</summary>
    public void Alias(string output, string input) => _aliases.TryAdd(output, input);

    /// <summary>Notes that an operator turns codes into numbers.</summary>
    public void Dequantize(OnnxDequantization dequantization) => _dequantizations.Add(dequantization);

    /// <summary>Tells tensors of codes which scales turn them into numbers. Scales may come from any graph around.</summary>
    public void ResolveDequantizations()
    {
        foreach (OnnxDequantization dequantization in _dequantizations)
        {
            if (Find(dequantization.Codes) is { } codes && Find(dequantization.Scale) is { } scale)
                codes.Dequantize(new OnnxQuantization(scale, Find(dequantization.ZeroPoint), dequantization));
        }
    }

    private OnnxTensorDraft? Find(string valueName)
    {
        for (OnnxScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._tensors.TryGetValue(valueName, out OnnxTensorDraft? tensor))
                return tensor;
        }

        return null;
    }

    /// <summary>Tells the tensors how they are used; what is not known here is asked of the graph around.</summary>
    public void Resolve()
    {
        foreach ((string used, TensorLayout layout) in _uses)
        {
            string name = used;
            for (int i = 0; i < MaxAliases && !_tensors.ContainsKey(name) && _aliases.TryGetValue(name, out string? source); i++)
                name = source;
            if (_tensors.TryGetValue(name, out OnnxTensorDraft? tensor))
                tensor.Use(layout);
            else
                outer?.Use(name, layout);
        }
    }
}
