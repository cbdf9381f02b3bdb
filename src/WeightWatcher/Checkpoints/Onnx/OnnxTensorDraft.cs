using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>A tensor that has been found and checked, before it is known which operator uses it.</summary>
internal sealed class OnnxTensorDraft(string name, ImmutableArray<long> shape, OnnxElements elements, bool isOptimizerState)
{
    /// <summary>What the operator that uses the tensor says about its axes.</summary>
    public TensorLayout Layout { get; private set; }

    /// <summary>Notes the operator's view of the axes; the first one counts.</summary>
    public void Use(TensorLayout layout)
    {
        bool fits = layout != TensorLayout.Embedding || (shape.Length == 2 && elements.Type.Encoding is { IsFloatingPoint: true });
        if (fits && Layout == TensorLayout.Unspecified)
            Layout = layout;
    }

    /// <summary>Adds the tensor to what can be read or to what cannot.</summary>
    public void AddTo(ImmutableArray<Tensor>.Builder tensors, ImmutableArray<UnreadableTensor>.Builder unreadable)
    {
        if (elements.WhyUnreadable is { } reason)
            unreadable.Add(new UnreadableTensor(name, shape, reason));
        else
            tensors.Add(elements.ToTensor(name, shape, Layout, isOptimizerState));
    }
}
