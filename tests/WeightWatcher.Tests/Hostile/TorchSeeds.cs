using System.Collections.Immutable;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>PyTorch checkpoints in their three containers, and the pickles in them.</summary>
internal static class TorchSeeds
{
    public static ImmutableArray<Seed> Pickles { get; } =
    [
        new("training", Training(legacy: false)),
        new("quantized", TorchWriter.Dictionary(("q", Quantized))),
        new("protocol4", PickleWriter.Protocol(4).Frame(2).Ascii("}").Raw(0x94, 0x8C, 1).Ascii("w").Raw(0x94).StackGlobal("torch._utils", "_rebuild_tensor_v2").Raw(0x94).Ascii("(")
            .Storage("0", 12).Int(0).Ints(3, 4).Ints(4, 1).Raw(0x89).StackGlobal("collections", "OrderedDict").Ascii(")RtRs").Stop().Bytes),
        new("module", PickleWriter.Protocol().Global("net", "Module").Ascii(")").Raw(0x81).Entries(("_parameters", p => p.Entries(("weight", TorchWriter.Full))), ("training", p => p.Raw(0x88))).Ascii("b").Stop().Bytes),
        new("shared", PickleWriter.Protocol().Entries(("a", p => p.Tensor(s => s.Storage("0", 12), 0, [3, 4], [4, 1])), ("b", p => p.Text("x").Put(9)), ("c", p => p.Get(9))).Stop().Bytes),
        new("list", PickleWriter.Protocol().Ascii("](").Tensor(s => s.Storage("0", 12), 0, [2, 6], [6, 1]).Tensor(s => s.Storage("0", 12), 6, [6], [0]).Ascii("e").Stop().Bytes),
    ];

    public static ImmutableArray<Seed> ZipFiles { get; } =
    [
        new("stored", new ZipWriter().Add("archive/data.pkl", Small).Add("archive/data/0", TorchWriter.Twelve).Add("archive/byteorder", "little"u8.ToArray()).Add("archive/version", "3\n"u8.ToArray()).ToArray()),
        new("zip64", new ZipWriter { Zip64 = true }.Add(new ZipItem("archive/data.pkl", Small) { Zip64 = true }).Add(new ZipItem("archive/data/0", TorchWriter.Twelve) { Padding = 20 }).ToArray()),
        new("deflated", new ZipWriter().Add(new ZipItem("archive/data.pkl", Small) { Deflate = true }).Add(new ZipItem("archive/data/0", TorchWriter.Twelve) { Deflate = true }).ToArray()),
        new("script", new ZipWriter().Add("net/data.pkl", Small).Add("net/code/net.py", "def forward(): pass\n"u8.ToArray())
            .Add("net/constants.pkl", PickleWriter.Protocol().Tensor(s => s.Storage("1", 12), 0, [12], [1]).Raw(0x85).Stop().Bytes)
            .Add("net/data/0", TorchWriter.Twelve).Add("net/constants/1", TorchWriter.Twelve).Add("net/version", "3\n"u8.ToArray()).ToArray()),
    ];

    public static ImmutableArray<Seed> LegacyFiles { get; } =
    [
        new("training", TorchWriter.Legacy(Training(legacy: true), ("0", 12, TorchWriter.Twelve))),
        new("view", TorchWriter.Legacy(
            TorchWriter.Dictionary(("w", p => p.Tensor(
                s => s.Ascii("(").Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(12).Ascii("(").Text("v").Int(4).Int(8).Ascii("ttQ"), 0, [2, 4], [4, 1]))),
            ("0", 12, TorchWriter.Twelve))),
    ];

    public static ImmutableArray<Seed> TarFiles { get; } = [new("views", Tar())];

    public static ImmutableArray<string> Words { get; } =
    [
        "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_tensor_v3\n", "ctorch._utils\n_rebuild_parameter\n", "ctorch._utils\n_rebuild_qtensor\n", "ctorch._utils\n_rebuild_sparse_tensor\n",
        "ctorch\nFloatStorage\n", "ctorch\nHalfStorage\n", "ctorch\nBFloat16Storage\n", "ctorch\nUntypedStorage\n", "ctorch\nper_tensor_affine\n", "ctorch\nper_channel_affine\n",
        "ccollections\nOrderedDict\n", "cbuiltins\neval\n", "storage", "cpu", "(tQ", "(lp0\n", "(dp1\n", "}(", "u", "e", "R", "b", "2", "h\u0001", "q\u0001", ")R", "\u0085", "\u0086", "\u0093", "tR.",
    ];

    private static byte[] Small => TorchWriter.Dictionary(("w", p => p.Tensor(s => s.Storage("0", 12), 0, [3, 4], [4, 1])));

    private static byte[] Training(bool legacy)
    {
        Action<PickleWriter> storage = s => s.Storage("0", 12, legacy: legacy);
        return TorchWriter.Dictionary(
            ("epoch", p => p.Int(3)),
            ("state_dict", p => p.Entries(
                ("fc.weight", q => q.Tensor(storage, 0, [3, 4], [4, 1])),
                ("fc.bias", q => q.Global("torch._utils", "_rebuild_parameter").Ascii("(").Tensor(storage, 4, [4], [1]).Raw(0x88).Ascii("NtR")),
                ("tied", q => q.Tensor(storage, 0, [4, 3], [1, 4])))),
            ("optimizer", p => p.Entries(("lr", q => q.Double(0.1)))));
    }

    private static void Quantized(PickleWriter pickle) => pickle
        .Global("torch._utils", "_rebuild_qtensor").Ascii("(").Storage("0", 12, "QInt8Storage").Int(0).Ints(3, 4).Ints(4, 1)
        .Ascii("(").Global("torch", "per_tensor_affine").Double(0.5).Int(3).Ascii("t").Raw(0x89).Global("collections", "OrderedDict").Ascii(")RtR");

    private static byte[] Tar()
    {
        byte[] storages =
        [
            .. TarWriter.Integer(1), .. TarWriter.Storage(7, 12), .. TorchWriter.Twelve,
            .. PickleWriter.Protocol().Ascii("](").Ints(8, 7, 4, 8).Ascii("e").Stop().Bytes,
        ];
        byte[] tensors = [.. TarWriter.Integer(2), .. TarWriter.Tensor(1, 7, 0, [4, 3], [1, 4]), .. TarWriter.Tensor(2, 8, 0, [2, 4], [4, 1])];
        byte[] pickle = TorchWriter.Dictionary(("a.weight", p => p.Text("1").Ascii("Q")), ("b.weight", p => p.Int(2).Ascii("Q")), ("tied", p => p.Ascii("P1\n")));
        return new TarWriter().Add("sys_info", TorchWriter.Dictionary(("little_endian", p => p.Raw(0x88)))).AddExtended("mtime", "1500000000.25")
            .Add("pickle", pickle).Add("storages", storages).Add("tensors", tensors).Bytes;
    }
}
