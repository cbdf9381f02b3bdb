using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>The storages and tensors of a tar checkpoint, each under an integer that the main pickle refers to.</summary>
internal sealed class TarTorchStorages : ITorchStorages
{
    private readonly ReadMeter _meter;
    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchTensorView> _tensors = new(StringComparer.Ordinal);

    /// <summary>Reads the members <c>storages</c> and <c>tensors</c>.</summary>
    public TarTorchStorages(TarArchiveReader archive, ReadMeter meter)
    {
        _meter = meter;
        ByteSource storages = archive.Require("storages", out long storagesOffset);
        ReadStorages(storages, new PickleInput(storages, 0, storagesOffset));
        ReadTensors(new PickleInput(archive.Require("tensors", out long tensorsOffset), 0, tensorsOffset));
    }

    /// <summary>True when a reference is to a tensor or a storage.</summary>
    public bool Knows(PickleValue id) => Key(id) is { } key && (_tensors.ContainsKey(key) || _storages.ContainsKey(key));

    /// <inheritdoc/>
    public TorchStorage? Find(PickleValue id) => Key(id) is { } key ? _storages.GetValueOrDefault(key) : null;

    /// <inheritdoc/>
    public TorchTensorView? FindTensor(PickleValue id) => Key(id) is { } key ? _tensors.GetValueOrDefault(key) : null;

    private static string? Key(PickleValue id) => id is PickleText or PickleInteger ? TorchStorageReference.KeyText(id) : null;

    /// <summary>A count; for each storage a pickle (key, location, type), an 8-byte count and the elements; then the views of storages.</summary>
    private void ReadStorages(ByteSource source, PickleInput input)
    {
        long count = Count(Next(input), "storages");
        for (long i = 0; i < count; i++)
        {
            if (Next(input) is not PickleSequence { Items: [PickleValue key, _, PickleGlobal type] })
                throw input.Malformed("expected the key, location and type of a storage");
            string name = TorchStorageReference.KeyText(key);
            TorchElementType element = TorchElementType.OfStorage(type.Name)
                ?? throw input.Error(ArtifactCodes.UnknownElementType, $"storage '{Printable.Text(name)}' is of the unknown type {Printable.Text(type.Name)}");
            long length = Number(input);
            if (length < 0 || length > input.Left / element.Size)
                throw input.Error(ArtifactCodes.Truncated, FormattableString.Invariant($"storage '{Printable.Text(name)}' should have {length} elements, but the file ends"));
            ByteSource bytes = source.Slice(input.Position, length * element.Size);
            input.Skip(bytes.Length);
            Add(_storages, name, new TorchStorage(name, element, bytes, 0, length, IsBigEndian: false));
        }

        if (Next(input) is not PickleSequence views)
            throw input.Malformed("expected the list of storage views");
        foreach (PickleValue view in views.Items)
        {
            if (view is not PickleSequence { Items: [PickleValue target, PickleValue root, PickleInteger offset, PickleInteger length] })
                throw input.Malformed("expected the target, root, offset and length of a storage view");
            TorchStorage whole = Storage(root);
            if (offset.Value < 0 || length.Value < 0 || offset.Value + length.Value > whole.Count)
                throw input.Error(ArtifactCodes.TensorOutOfBounds, $"a view leaves storage '{Printable.Text(whole.Key)}'");
            long first = whole.FirstByte + ((long)offset.Value * whole.Type.Size);
            Add(_storages, TorchStorageReference.KeyText(target), whole with { FirstByte = first, Count = (long)length.Value });
        }
    }

    /// <summary>A count; for each tensor a pickle (key, storage, type), then in binary its rank, lengths, strides and offset.</summary>
    private void ReadTensors(PickleInput input)
    {
        long count = Count(Next(input), "tensors");
        for (long i = 0; i < count; i++)
        {
            if (Next(input) is not PickleSequence { Items: [PickleValue key, PickleValue storage, _] })
                throw input.Malformed("expected the key, storage and type of a tensor");

            // Four bytes of rank, then four that mean nothing.
            int rank = unchecked((int)Number(input));
            if (rank < 0 || rank > _meter.Limits.MaxRank)
                throw input.Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"a tensor has {rank} dimensions; the most is {_meter.Limits.MaxRank}"));
            ImmutableArray<long> shape = Numbers(input, rank);
            ImmutableArray<long> strides = Numbers(input, rank);
            TorchStorage whole = Storage(storage);
            Add(_tensors, TorchStorageReference.KeyText(key), new TorchTensorView(whole, whole.Type, Number(input), shape, strides));
        }
    }

    private PickleValue Next(PickleInput input) => Unpickler.Read(input, _meter, []);

    private TorchStorage Storage(PickleValue key)
    {
        string name = TorchStorageReference.KeyText(key);
        return _storages.GetValueOrDefault(name) ?? throw new ArtifactException(ArtifactCodes.ReferencedFileMissing, $"storage '{Printable.Text(name)}' is not in the file");
    }

    private void Add<T>(Dictionary<string, T> target, string key, T value)
    {
        _meter.Step();
        _meter.Charge(200);
        if (!target.TryAdd(key, value))
            throw new ArtifactException(ArtifactCodes.Malformed, $"the key '{Printable.Text(key)}' is given twice");
    }

    private static long Count(PickleValue value, string what) => value is PickleInteger count && count.Value >= 0 && count.Value <= int.MaxValue
        ? (long)count.Value
        : throw new ArtifactException(ArtifactCodes.Malformed, $"expected the number of {what}");

    private static ImmutableArray<long> Numbers(PickleInput input, int count)
    {
        long[] values = new long[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Number(input);
        return [.. values];
    }

    private static long Number(PickleInput input)
    {
        input.BeginPickle();
        return unchecked((long)input.ReadUInt64());
    }
}
