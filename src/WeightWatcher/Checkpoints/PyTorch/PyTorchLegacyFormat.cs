using System.Buffers;
using System.Globalization;
using System.Numerics;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>
/// The stream that <c>torch.save</c> wrote from 0.1.10 to 1.5: pickles of a magic number, a version, the machine, the object and the storage
/// keys, then the storages (torch/serialization.py, <c>_legacy_save</c>). Any other pickle is recognised too, to say what is wrong with it.
/// </summary>
internal sealed class PyTorchLegacyFormat : ICheckpointFormat
{
    private const int Version = 1001;
    private const byte HighestProtocol = 5;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._"u8);

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string Name => "pytorch-legacy";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file) =>
        head.Length >= 3 && ((head[0] == (byte)PickleOpcode.Proto && head[1] <= HighestProtocol && Enum.IsDefined((PickleOpcode)head[2]) && !HasJsonHeader(head)) || StartsWithGlobal(head));

    /// <summary>The length of a safetensors header may look like a protocol; JSON follows it at byte 8.</summary>
    private static bool HasJsonHeader(ReadOnlySpan<byte> head) => head.Length >= 10 && head[8] == (byte)'{' && (head[9] is (byte)'"' or (byte)'}');

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(TorchCheckpoint.Limits(limits, file.Length), cancellationToken);
        PickleInput input = new(file, 0, 0);
        if (Unpickler.Read(input, meter, []) is not PickleInteger magic || magic.Value != Magic)
            throw new ArtifactException(ArtifactCodes.UnsupportedKind, "the file is a Python pickle, but not a checkpoint of PyTorch");
        if (Unpickler.Read(input, meter, []) is not PickleInteger version || version.Value != Version)
            throw input.Malformed(FormattableString.Invariant($"expected version {Version} of the format"));
        if (Unpickler.Read(input, meter, []) is not PickleDictionary machine)
            throw input.Malformed("expected the dictionary that describes the machine");
        List<PicklePersistent> references = [];
        PickleValue root = Unpickler.Read(input, meter, references);
        PickleValue keys = Unpickler.Read(input, meter, []);
        bool isBigEndianHost = machine.Find("little_endian") is PickleBoolean { Value: false };
        LegacyTorchStorages storages = new(file, input.Position, keys, references, isBigEndianHost, meter);
        List<(TorchTensorNode Node, ITorchStorages Storages)> found =
            [.. new TorchGraphWalk(meter, TorchStorageReference.IsStorage).Find(root, null).Select(node => (node, (ITorchStorages)storages))];
        return TorchCheckpoint.Assemble(Name, file, found, meter, []);
    }

    /// <summary>Protocols 0 and 1 have no mark of their own; the ones that attack begin with a global: <c>c</c>, a module, a name, each on its line.</summary>
    private static bool StartsWithGlobal(ReadOnlySpan<byte> head)
    {
        if (head[0] == (byte)PickleOpcode.Mark)
            head = head[1..];
        if (head[0] is not ((byte)PickleOpcode.Global or (byte)PickleOpcode.Inst))
            return false;
        head = head[1..];
        for (int line = 0; line < 2; line++)
        {
            int end = head.IndexOf((byte)'\n');
            if (end <= 0 || head[..end].IndexOfAnyExcept(NameBytes) >= 0)
                return false;
            head = head[(end + 1)..];
        }

        return head.Length > 0 && head[0] is (byte)PickleOpcode.Mark or (byte)PickleOpcode.Put or (byte)PickleOpcode.BinPut or (byte)PickleOpcode.EmptyTuple;
    }
}
