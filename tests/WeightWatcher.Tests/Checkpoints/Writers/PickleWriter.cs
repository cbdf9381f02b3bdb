using System.Buffers.Binary;
using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes pickles opcode by opcode, right or wrong.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>What was written so far.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>Starts with PROTO.</summary>
    public static PickleWriter Protocol(byte version = 2) => new PickleWriter().Raw(0x80, version);

    public PickleWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Opcodes and arguments that are text, such as <c>}</c>, <c>(</c> or <c>cos\nsystem\n</c>.</summary>
    public PickleWriter Ascii(string text) => Raw(Encoding.Latin1.GetBytes(text));

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Raw([(byte)'X', .. Number(4, (ulong)utf8.Length), .. utf8]);
    }

    /// <summary>BININT where it fits, else LONG1.</summary>
    public PickleWriter Int(long value) => value is >= int.MinValue and <= int.MaxValue
        ? Raw([(byte)'J', .. Number(4, unchecked((uint)(int)value))])
        : Raw([0x8A, 8, .. Number(8, unchecked((ulong)value))]);

    public PickleWriter Double(double value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)'G';
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), value);
        return Raw(bytes);
    }

    public PickleWriter Global(string module, string name) => Ascii($"c{module}\n{name}\n");

    /// <summary>STACK_GLOBAL of protocol 4.</summary>
    public PickleWriter StackGlobal(string module, string name) => Text(module).Text(name).Raw(0x93);

    public PickleWriter Put(byte index) => Raw((byte)'q', index);

    public PickleWriter Get(byte index) => Raw((byte)'h', index);

    public PickleWriter Ints(params long[] values)
    {
        Ascii("(");
        foreach (long value in values)
            Int(value);
        return Ascii("t");
    }

    /// <summary>FRAME of protocol 4.</summary>
    public PickleWriter Frame(ulong length) => Raw([0x95, .. Number(8, length)]);

    /// <summary>The persistent id of a storage and BINPERSID.</summary>
    public PickleWriter Storage(string key, long count, string type = "FloatStorage", bool legacy = false) =>
        Ascii("(").Text("storage").Global("torch", type).Text(key).Text("cpu").Int(count).Ascii(legacy ? "NtQ" : "tQ");

    /// <summary>The call that rebuilds a tensor; its storage must come first, by <see cref="Storage"/> or otherwise.</summary>
    public PickleWriter Tensor(Action<PickleWriter> storage, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Ascii("(");
        storage(this);
        return Int(offset).Ints(shape).Ints(strides).Raw(0x89).Global("collections", "OrderedDict").Ascii(")RtR");
    }

    public PickleWriter Stop() => Ascii(".");

    private static byte[] Number(int size, ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..size];
    }
}
