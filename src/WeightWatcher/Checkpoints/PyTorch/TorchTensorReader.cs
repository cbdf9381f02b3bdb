using System.Collections.Immutable;
using System.Numerics;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>Turns the calls that would rebuild tensors into checked descriptions of where their elements lie.</summary>
internal sealed class TorchTensorReader(ITorchStorages storages, ReadMeter meter)
{
    /// <summary>
    /// A view may have as many elements as this, or <see cref="MaxExpansion"/> times its storage: an expanded axis (stride 0) names elements that
    /// are not in the file, and whoever reads them holds them all.
    /// </summary>
    private const long MaxExpandedCount = 1 << 20;

    private const int MaxExpansion = 64;

    /// <summary>Reads a tensor call.</summary>
    /// <param name="node">A call of a kind other than opaque, wrapper and subclass, or a reference to a whole tensor.</param>
    /// <param name="name">The tensor's name, for messages.</param>
    public TorchTensorDescription Read(PickleValue node, string name)
    {
        meter.CountTensor();
        if (node is not PickleObject call)
        {
            if (node is PicklePersistent reference && storages.FindTensor(reference.Id) is { } whole)
                return Checked(whole, name);
            return new([], null, null, "a storage that no tensor describes");
        }

        if (call.Items is not null || call.Entries is not null)
            throw Error(ArtifactCodes.Malformed, "entries are set in a tensor", name);
        return TorchCalls.Of(call) switch
        {
            TorchCall.Tensor when Strided(call, name) is var strided => strided.View is { Type.IsQuantized: true }
                ? strided with { View = null, Reason = "quantized codes without a scale" }
                : strided,
            TorchCall.QuantizedTensor => Quantized(call, name),
            TorchCall.NumpyArray => new(NumpyShape(call), null, null, "a NumPy array inside the pickle"),
            _ => new([], null, null, TorchCalls.Unreadable(call)),
        };
    }

    private TorchTensorDescription Strided(PickleObject call, string name)
    {
        ImmutableArray<long> shape = Sizes(TorchCalls.Argument(call, 2), "shape", name);
        if (TorchCalls.Argument(call, 0) is not PicklePersistent reference)
            throw Error(ArtifactCodes.Malformed, "the first argument of a tensor is not a storage", name);
        if (storages.Find(reference.Id) is not { } storage)
            return new(shape, null, null, "on a storage of an unknown type");
        TorchElementType type = storage.Type;
        if (TorchCalls.Argument(call, 6) is PickleGlobal dtype && call.IsOf("torch._utils", "_rebuild_tensor_v3"))
        {
            if (TorchElementType.OfDtype(dtype.Name) is not { } known)
                return new(shape, null, null, $"of the unknown element type {Printable.Text(dtype.Name)}");
            type = known;
        }

        return Checked(View(call, storage, type, shape, name), name);
    }

    private TorchTensorDescription Quantized(PickleObject call, string name)
    {
        TorchTensorDescription codes = Strided(call, name);
        if (codes.View is not { Type.IsQuantized: true })
            return codes.View is null ? codes : throw Error(ArtifactCodes.Malformed, "a quantized tensor is on a storage that holds no codes", name);
        if (TorchCalls.Argument(call, 4) is not PickleSequence { Items: [PickleGlobal scheme, ..] parameters })
            throw Error(ArtifactCodes.Malformed, "a quantized tensor says no scheme", name);
        switch (scheme.Name)
        {
            case "per_tensor_affine" or "per_tensor_symmetric" when parameters.Count >= 3:
                return codes with { Quantizer = new(scheme.Name, [Number(parameters[1], name)], [Number(parameters[2], name)], 0) };
            case "per_channel_affine" or "per_channel_symmetric" or "per_channel_affine_float_qparams" when parameters.Count >= 4:
                int axis = (int)Integer(parameters[3], "axis", 0, Math.Max(0, codes.Shape.Length - 1), name);
                long channels = codes.Shape.Length == 0 ? 0 : codes.Shape[axis];
                double[] scales = Channels(parameters[1], channels, name);
                return codes with { Quantizer = new(scheme.Name, scales, Channels(parameters[2], channels, name), axis) };
            default:
                return codes with { View = null, Reason = $"quantized by the unknown scheme {Printable.Text(scheme.Name)}" };
        }
    }

    private double[] Channels(PickleValue value, long channels, string name)
    {
        TorchTensorDescription described = value is PickleObject call && TorchCalls.Of(call) == TorchCall.Tensor
            ? Strided(call, name)
            : throw Error(ArtifactCodes.Malformed, "the scales of a quantized tensor are no tensor", name);
        if (described.View is not { } view || described.Shape.Length != 1 || described.Shape[0] != channels || channels == 0)
            throw Error(ArtifactCodes.InvalidShape, FormattableString.Invariant($"the scales of a quantized tensor must be {channels} numbers"), name);
        meter.Charge(channels * sizeof(double));
        double[] numbers = new double[(int)channels];
        new StridedTensor(view.Storage.Bytes, view.FirstByte, view.Type.Encoding!, view.Storage.IsBigEndian, view.Shape, view.Strides).Read(0, numbers);
        return numbers;
    }

    private TorchTensorView View(PickleObject call, TorchStorage storage, TorchElementType type, ImmutableArray<long> shape, string name)
    {
        ImmutableArray<long> strides = Sizes(TorchCalls.Argument(call, 3), "stride", name);
        long offset = Integer(TorchCalls.Argument(call, 1), "offset", long.MinValue, long.MaxValue, name);
        return new TorchTensorView(storage, type, offset, shape, strides);
    }

    /// <summary>offset + sum((length - 1) x stride) must be an element of the storage; no length, stride or offset is negative.</summary>
    private TorchTensorDescription Checked(TorchTensorView view, string name)
    {
        if (view.Shape.Length > meter.Limits.MaxRank)
            throw Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"a tensor has {view.Shape.Length} dimensions; the most is {meter.Limits.MaxRank}"), name);
        if (view.Shape.Length != view.Strides.Length)
            throw Error(ArtifactCodes.InvalidShape, FormattableString.Invariant($"a tensor has {view.Shape.Length} lengths and {view.Strides.Length} strides"), name);
        BigInteger count = 1;
        BigInteger last = view.Offset;
        for (int axis = 0; axis < view.Shape.Length; axis++)
        {
            if (view.Shape[axis] < 0)
                throw Error(ArtifactCodes.InvalidShape, FormattableString.Invariant($"axis {axis} has the negative length {view.Shape[axis]}"), name);
            if (view.Strides[axis] < 0)
                throw Error(ArtifactCodes.TensorOutOfBounds, FormattableString.Invariant($"axis {axis} has the negative stride {view.Strides[axis]}"), name);
            count *= view.Shape[axis];
            last += (BigInteger)(view.Shape[axis] - 1) * view.Strides[axis];
        }

        if (view.Offset < 0)
            throw Error(ArtifactCodes.TensorOutOfBounds, FormattableString.Invariant($"the offset {view.Offset} is negative"), name);
        if (count > long.MaxValue)
            throw Error(ArtifactCodes.InvalidShape, "the shape has more elements than can be counted", name);
        long elements = view.Storage.Count * view.Storage.Type.Size / view.Type.Size;
        if (count > 0 && last >= elements)
            throw Error(ArtifactCodes.TensorOutOfBounds, FormattableString.Invariant($"the last element is number {last} of a storage with {elements} elements"), name);
        if (count > BigInteger.Max(MaxExpandedCount, MaxExpansion * (BigInteger)elements))
            throw Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"{count} elements are views of {elements} stored ones"), name);
        return view.Type.Encoding is not null
            ? new(view.Shape, view, null, null)
            : new(view.Shape, null, null, $"elements of type {view.Type.Name}");
    }

    private ImmutableArray<long> Sizes(PickleValue? value, string what, string name)
    {
        if (value is PickleObject size && size.IsOf("torch", "Size"))
            value = TorchCalls.Argument(size, 0);
        if (value is not PickleSequence sequence)
            throw Error(ArtifactCodes.Malformed, $"the {what} of a tensor is not a tuple", name);
        if (sequence.Items.Count > meter.Limits.MaxRank)
            throw Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"a tensor has {sequence.Items.Count} dimensions; the most is {meter.Limits.MaxRank}"), name);
        meter.Charge(8L * sequence.Items.Count);
        long[] sizes = new long[sequence.Items.Count];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = Integer(sequence.Items[i], what, long.MinValue, long.MaxValue, name);
        return [.. sizes];
    }

    private static long Integer(PickleValue? value, string what, long least, long most, string name)
    {
        if (value is not PickleInteger integer)
            throw Error(ArtifactCodes.Malformed, $"the {what} of a tensor is {value?.Kind ?? "missing"}, not an integer", name);
        if (integer.Value < least || integer.Value > most)
            throw Error(ArtifactCodes.InvalidShape, FormattableString.Invariant($"the {what} of a tensor, {integer.Value}, is out of range"), name);
        return (long)integer.Value;
    }

    private static double Number(PickleValue value, string name) => value switch
    {
        PickleFloat number => number.Value,
        PickleInteger integer => (double)integer.Value,
        _ => throw Error(ArtifactCodes.Malformed, $"the scale of a quantized tensor is {value.Kind}, not a number", name),
    };

    private static ImmutableArray<long> NumpyShape(PickleObject call)
    {
        if (call.States is not [PickleSequence { Items: [_, PickleSequence shape, ..] }, ..])
            return [];
        bool isShape = shape.Items.TrueForAll(axis => axis is PickleInteger length && length.Value.Sign >= 0 && length.Value <= long.MaxValue);
        return isShape ? [.. shape.Items.Select(axis => (long)((PickleInteger)axis).Value)] : [];
    }

    private static ArtifactException Error(DiagnosticCode code, string message, string name) => new(code, message) { Tensor = name };
}
