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
    private readonly List<OnnxIntegerProduct> _products = [];
    private readonly Dictionary<string, string> _handedOn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Other, string Output)> _multiplied = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string First, string Second)> _factors = new(StringComparer.Ordinal);

    /// <summary>True when an operator turns codes into numbers, so that <see cref="ResolveDequantizations"/> is to be called when the whole model is read.</summary>
    public bool HasDequantizations => _dequantizations.Count > 0 || _products.Count > 0;

    private OnnxScope? Outer => outer;

    /// <summary>Adds a tensor under the name that operators use.</summary>
    /// <returns>False when the graph already has a tensor of that name.</returns>
    public bool TryAdd(string valueName, OnnxTensorDraft tensor) => _tensors.TryAdd(valueName, tensor);

    /// <summary>Notes that an operator sees a value in a certain way.</summary>
    public void Use(string valueName, TensorLayout layout) => _uses.TryAdd(valueName, layout);

    /// <summary>Notes that an operator hands a value on with its shape and meaning unchanged.</summary>
    public void Alias(string output, string input)
    {
        _aliases.TryAdd(output, input);
        _handedOn.TryAdd(input, output);
    }

    /// <summary>Notes that an operator multiplies two values.</summary>
    public void Multiply(string first, string second, string output)
    {
        _multiplied.TryAdd(first, (second, output));
        _multiplied.TryAdd(second, (first, output));
        _factors.TryAdd(output, (first, second));
    }

    /// <summary>Notes a product of integers, which later operators scale.</summary>
    public void MultiplyIntegers(OnnxIntegerProduct product) => _products.Add(product);

    /// <summary>Notes that an operator turns codes into numbers.</summary>
    public void Dequantize(OnnxDequantization dequantization) => _dequantizations.Add(dequantization);

    /// <summary>Tells tensors of codes which scales turn them into numbers, and scales and zero points that they are such. Scales may come from any graph around.</summary>
    public void ResolveDequantizations()
    {
        foreach (OnnxIntegerProduct product in _products)
        {
            if (ScaleOf(product) is { } name)
                _dequantizations.Add(new OnnxDequantization(product.Codes, name, product.ZeroPoint, product.Axis, 0));
            else
                Find(product.Codes)?.NoNumbers("quantized codes whose scale is not told apart from that of the inputs", null);
        }

        foreach (OnnxDequantization dequantization in _dequantizations)
        {
            OnnxTensorDraft? scale = Find(dequantization.Scale);
            OnnxTensorDraft? zeroPoint = Find(dequantization.ZeroPoint);
            scale?.MakePartOf(dequantization.Codes);
            zeroPoint?.MakePartOf(dequantization.Codes);
            if (Find(dequantization.Codes) is not { } codes)
                continue;
            if (scale is not null)
                codes.Dequantize(new OnnxQuantization(scale, zeroPoint, dequantization));
            else
                codes.NoNumbers("quantized codes whose scales are computed", dequantization.Packing);
        }
    }

    /// <summary>
    /// The scale of a product's weights: the product is multiplied with the scale of the inputs times that of the weights, of which only the second is stored in the file.
    /// </summary>
    private string? ScaleOf(OnnxIntegerProduct product)
    {
        string value = product.Output;
        for (int i = 0; i < MaxAliases; i++)
        {
            if (_multiplied.TryGetValue(value, out (string Other, string Output) scaled))
            {
                if (!_factors.TryGetValue(scaled.Other, out (string First, string Second) scales))
                    return null;
                bool first = Find(scales.First) is not null;
                bool second = Find(scales.Second) is not null;
                return first == second ? null : first ? scales.First : scales.Second;
            }

            if (!_handedOn.TryGetValue(value, out string? next))
                return null;
            value = next;
        }

        return null;
    }

    private OnnxTensorDraft? Find(string valueName)
    {
        for (OnnxScope? scope = this; scope is not null; scope = scope.Outer)
        {
            string name = valueName;
            for (int i = 0; i < MaxAliases; i++)
            {
                if (scope._tensors.TryGetValue(name, out OnnxTensorDraft? tensor))
                    return tensor;
                if (!scope._aliases.TryGetValue(name, out string? source))
                    break;
                name = source;
            }
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

/// <summary>A product of integer inputs and integer weights, by the names of the values.</summary>
/// <param name="Codes">The weights.</param>
/// <param name="ZeroPoint">Their zero points; empty when there are none.</param>
/// <param name="Output">The product.</param>
/// <param name="Axis">The axis of the outputs, from the end when negative.</param>
internal sealed record OnnxIntegerProduct(string Codes, string ZeroPoint, string Output, long Axis);
