using System.Collections.Immutable;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>A tensor that has been found and checked, before it is known which operator uses it.</summary>
internal sealed class OnnxTensorDraft(string name, ImmutableArray<long> shape, OnnxElements elements, bool isOptimizerState)
{
    private OnnxQuantization? _quantization;
    private string? _whyNoNumbers;
    private OnnxPacking? _packing;
    private string? _partOf;

    /// <summary>What the operator that uses the tensor says about its axes.</summary>
    public TensorLayout Layout { get; private set; }

    /// <summary>Notes the operator's view of the axes; the first one counts.</summary>
    public void Use(TensorLayout layout)
    {
        bool fits = layout != TensorLayout.Embedding || (shape.Length == 2 && elements.Type.Encoding is { IsFloatingPoint: true });
        if (fits && Layout == TensorLayout.Unspecified)
            Layout = layout;
    }

    /// <summary>Notes what turns the elements into numbers; the first operator counts.</summary>
    public void Dequantize(OnnxQuantization quantization)
    {
        if (!IsCodes)
            return;
        _quantization ??= quantization;
        _packing ??= quantization.Use.Packing;
    }

    /// <summary>Notes that the elements are codes and that what turns them into numbers is not in the file.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="packing">How bytes hold the codes, or null when each element is a code.</param>
    public void NoNumbers(string reason, OnnxPacking? packing)
    {
        if (elements.Type.Encoding is not { IsFloatingPoint: false })
            return;
        _whyNoNumbers ??= reason;
        _packing ??= packing;
    }

    /// <summary>Notes that the elements are scales or zero points, and so no weights whatever their shape; the first codes count.</summary>
    /// <param name="codes">The name of the value whose codes they turn into numbers.</param>
    public void MakePartOf(string codes) => _partOf ??= codes;

    /// <summary>The tensor as it is stored, or null when it cannot be read.</summary>
    public Tensor? ToTensor() => elements.WhyUnreadable is null ? elements.ToTensor(name, shape, Layout, isOptimizerState) : null;

    /// <summary>Adds the tensor to what can be read or to what cannot; <paramref name="meter"/> counts what is held for it.</summary>
    public void AddTo(ImmutableArray<Tensor>.Builder tensors, ImmutableArray<UnreadableTensor>.Builder unreadable, ReadMeter meter)
    {
        if (_partOf is not null)
        {
            unreadable.Add(new UnreadableTensor(name, shape, $"scales or zero points of the codes '{Printable.Text(_partOf)}'"));
            return;
        }

        Tensor? stored = ToTensor();
        (Tensor? tensor, string? reason) = (stored, elements.WhyUnreadable);
        if (stored is not null && _quantization is not null)
            (tensor, reason) = _quantization.Apply(stored, Layout, meter);
        else if (stored is { Count: > 0 } && _whyNoNumbers is not null)
            (tensor, reason) = (null, _whyNoNumbers);
        if (tensor is null)
            unreadable.Add(Unreadable(reason!));
        else
            tensors.Add(tensor);
    }

    /// <summary>A weight that cannot be read, of as many parameters as there are codes.</summary>
    private UnreadableTensor Unreadable(string reason)
    {
        if (elements.Type.Bits == 0)
            return new UnreadableTensor(name, shape, reason);
        UnreadableTensor weight = UnreadableTensor.Weight(name, shape, reason);
        return _packing is { Bits: 2 or 4 } packing && elements.Type.Bits == 8
            ? weight with { Parameters = (long)Int128.Min(weight.Parameters * (Int128)(8 / packing.Bits), long.MaxValue) }
            : weight;
    }

    /// <summary>Integers, and floating-point numbers of at most 8 bits.</summary>
    private bool IsCodes => elements.Type.Encoding is { } encoding && (!encoding.IsFloatingPoint || encoding.Bits <= 8);
}
