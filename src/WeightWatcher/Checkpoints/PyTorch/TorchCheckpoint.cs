using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>Puts a checkpoint together from the tensors found in a file's pickles.</summary>
internal static class TorchCheckpoint
{
    /// <summary>Keys under which training scripts put the state dictionary of the model.</summary>
    private static readonly FrozenSet<string> Wrappers = FrozenSet.Create(
        StringComparer.Ordinal,
        "state_dict", "model_state_dict", "model_state", "model_dict", "model", "model_weights", "net", "net_state_dict", "network",
        "network_state_dict", "weights", "params", "module", "checkpoint");

    /// <summary>The limits of a PyTorch file: an object graph may take up to 64 times the file, or 64 MB more than its size.</summary>
    public static ReadLimits Limits(ReadLimits limits, long fileLength) => limits with
    {
        MaxMetadataBytes = Math.Max(limits.MaxMetadataBytes, Math.Min(64 * fileLength, 64L << 20) + fileLength),
    };

    /// <summary>Describes every tensor.</summary>
    /// <param name="format">The name of the format.</param>
    /// <param name="file">The artifact.</param>
    /// <param name="found">The tensors of all pickles, with the storages of each pickle.</param>
    /// <param name="meter">The budget.</param>
    /// <param name="notes">What a person should know.</param>
    public static Checkpoint Assemble(string format, ArtifactFile file, IReadOnlyList<(TorchTensorNode Node, ITorchStorages Storages)> found, ReadMeter meter, ImmutableArray<string> notes)
    {
        TorchTensorDescription[] described = new TorchTensorDescription[found.Count];
        for (int i = 0; i < found.Count; i++)
        {
            meter.Step();
            described[i] = new TorchTensorReader(found[i].Storages, meter).Read(found[i].Node.Node, found[i].Node.Path.Name());
        }

        TorchPath? wrapper = Wrapper(found, described);
        HashSet<string> names = new(StringComparer.Ordinal);
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>();
        ImmutableArray<UnreadableTensor>.Builder unreadable = ImmutableArray.CreateBuilder<UnreadableTensor>();
        for (int i = 0; i < found.Count; i++)
        {
            TorchTensorNode node = found[i].Node;
            bool isWrapped = wrapper is not null && node.Path.Depth > wrapper.Depth && node.Path.At(wrapper.Depth).Name() == wrapper.Name();
            string name = node.Path.Name(isWrapped ? wrapper!.Depth : 0);
            if (!names.Add(name))
                throw new ArtifactException(ArtifactCodes.DuplicateTensor, "two tensors have this name") { Tensor = name };
            if (described[i].View is { } view)
                tensors.Add(Describe(file, view, described[i].Quantizer, name, node.IsOptimizerState));
            else
                unreadable.Add(UnreadableTensor.Weight(name, described[i].Shape, described[i].Reason ?? "unknown"));
        }

        return new Checkpoint { Format = format, Files = [file], Tensors = tensors.ToImmutable(), Unreadable = unreadable.ToImmutable(), Notes = notes };
    }

    private static Tensor Describe(ArtifactFile file, TorchTensorView view, TorchQuantizer? quantizer, string name, bool isOptimizerState)
    {
        string typeName = quantizer is null ? view.Type.Name : $"{view.Type.Name} {quantizer.Scheme}";
        object? identity = Identity(view, quantizer) is { } place ? (file.Path, place) : null;
        StridedTensor strided = new(view.Storage.Bytes, view.FirstByte, view.Type.Encoding!, view.Storage.IsBigEndian, view.Shape, view.Strides)
        {
            Name = name,
            ElementTypeName = typeName,
            IsOptimizerState = isOptimizerState,
            StorageIdentity = identity,
        };
        return quantizer is null
            ? strided
            : new QuantizedTensor(strided, quantizer.Scales, quantizer.ZeroPoints, quantizer.Axis) { IsOptimizerState = isOptimizerState, StorageIdentity = identity };
    }

    /// <summary>Two tensors of a file are tied when storage, first element, type, shape and the strides that matter are the same. Other files use the same keys for storages of their own.</summary>
    private static string? Identity(TorchTensorView view, TorchQuantizer? quantizer)
    {
        if (view.Shape.Contains(0))
            return null;
        string shape = string.Join(',', view.Shape);
        string strides = string.Join(',', view.Strides.Select((stride, axis) => view.Shape[axis] == 1 ? 0 : stride));
        string scales = quantizer is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{quantizer.Scheme} {quantizer.Scales[0]:R} {quantizer.ZeroPoints[0]:R}");
        return string.Create(CultureInfo.InvariantCulture, $"{view.FirstByte} {view.Type.Name} [{shape}] [{strides}] {scales} {view.Storage.Key}");
    }

    /// <summary>
    /// The longest way that all weights have in common and that consists of keys of <see cref="Wrappers"/>; null when there is none. Counters and
    /// scores beside the state dictionary (tensors of one element) and optimizer state do not count as weights here.
    /// </summary>
    private static TorchPath? Wrapper(IReadOnlyList<(TorchTensorNode Node, ITorchStorages Storages)> found, TorchTensorDescription[] described)
    {
        TorchPath[] weights = [.. found.Where((f, i) => !f.Node.IsOptimizerState && !described[i].Shape.All(length => length == 1)).Select(f => f.Node.Path)];
        TorchPath? wrapper = null;
        for (int depth = 1; weights.Length > 0 && weights[0].Depth > depth; depth++)
        {
            TorchPath step = weights[0].At(depth);
            if (!step.IsKey || !Wrappers.Contains(step.Text) || !Array.TrueForAll(weights, w => w.Depth > depth && w.At(depth).Text == step.Text))
                break;
            wrapper = step;
        }

        return wrapper;
    }
}
