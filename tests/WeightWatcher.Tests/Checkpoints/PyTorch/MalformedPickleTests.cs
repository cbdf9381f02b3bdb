using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Pickles that end before their end, confuse their machine or ask for too much.</summary>
public class MalformedPickleTests
{
    private static readonly byte[] Maximum64 = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];

    private static byte[] P(string opcodes) => PickleWriter.Protocol().Ascii(opcodes).Bytes;

    [Fact]
    public void A_pickle_cut_anywhere_is_truncated()
    {
        byte[] pickle = TorchWriter.Dictionary(("w", TorchWriter.Full));
        for (int length = 0; length < pickle.Length; length++)
            Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(pickle[..length]));
    }

    [Theory]
    [InlineData("h\u0005.", "memo entry 5 is read before it is written")]
    [InlineData("j\u0005\0\0\0.", "memo entry 5")]
    [InlineData("g5\n.", "memo entry 5")]
    [InlineData("gnan\n.", "expected an integer, found 'nan'")]
    [InlineData("Np-1\n.", "out of range")]
    [InlineData("KaK\u0001\u0093.", "a global needs two strings")]
    [InlineData("t.", "needs a mark")]
    [InlineData("e.", "needs a mark")]
    [InlineData("0.", "the stack is empty")]
    [InlineData("2.", "the stack is empty")]
    [InlineData("(0e.", "needs a mark")]
    [InlineData("](Na.", "the stack is empty")]
    [InlineData(".", "the stack is empty")]
    [InlineData("R.", "the stack is empty")]
    [InlineData("N)R.", "None is called")]
    [InlineData("K\u0001)R.", "an integer is called")]
    [InlineData("ccollections\nOrderedDict\nNR.", "arguments must be a tuple")]
    [InlineData("ccollections\nOrderedDict\n]R.", "arguments must be a tuple")]
    [InlineData("(o.", "an object has no class")]
    [InlineData("N}b.", "a state is given to None")]
    [InlineData(")}b.", "a state is given to a tuple")]
    [InlineData("ccollections\nOrderedDict\n}b.", "a state is given to a global")]
    [InlineData("NK\u0001a.", "items are added to None")]
    [InlineData("}K\u0001a.", "items are added to a dictionary")]
    [InlineData(")K\u0001a.", "items are added to a tuple")]
    [InlineData("NK\u0001Ns.", "an entry is set in None")]
    [InlineData("]K\u0001Ns.", "an entry is set in a list")]
    [InlineData(")K\u0001Ns.", "an entry is set in a tuple")]
    [InlineData("}(K\u0001u.", "a key without a value")]
    [InlineData("(K\u0001d.", "a key without a value")]
    [InlineData("}]Ns.", "a list is used as a key")]
    [InlineData("}}Ns.", "a dictionary is used as a key")]
    [InlineData("\u0082\u0001.", "an extension code")]
    [InlineData("\u0097.", "an out-of-band buffer")]
    [InlineData("\u00ff.", "0xFF is no opcode")]
    [InlineData("\0.", "0x00 is no opcode")]
    [InlineData("\u0080\u0006N.", "protocol 6 is unknown")]
    [InlineData("c\n\n.", "a global has no name")]
    [InlineData("Sabc\n.", "no quotes")]
    [InlineData("V\\u12\n.", "a broken escape")]
    [InlineData("X\u0001\0\0\0\u00ff.", "not valid UTF-8")]
    [InlineData("Iabc\n.", "expected an integer")]
    [InlineData("Fabc\n.", "expected a number")]
    [InlineData("T\u00ff\u00ff\u00ff\u00ff.", "is negative")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff.", "is negative")]
    public void A_confused_machine_is_malformed(string opcodes, string message)
    {
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip(P(opcodes)));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_is_placed_at_its_opcode_in_the_file()
    {
        byte[] file = TorchWriter.Zip(P("Nh\u0009."));
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Malformed, file);
        Assert.Equal((byte)'h', file[(int)refusal.Offset!.Value]);
    }

    [Fact]
    public void A_value_longer_than_the_file_is_truncated_before_anything_is_allocated()
    {
        Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(PickleWriter.Protocol().Raw([0x8E, .. Maximum64]).Stop().Bytes));
        Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(PickleWriter.Protocol().Raw([0x8D, .. Maximum64]).Stop().Bytes));
        Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(PickleWriter.Protocol().Raw(0x8E, 0, 0, 0, 0, 0, 0, 0, 0x80).Stop().Bytes));
        Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(P("X\u00ff\u00ff\u00ff\u00ff.")));
        Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(P("B\u00ff\u00ff\u00ff\u00ff.")));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, TorchWriter.Zip(P("\u008b\u00ff\u00ff\u00ff\u007f.")));
    }

    public static TheoryData<string, byte[]> StraddlingOpcodes() => new()
    {
        { "BINBYTES", [(byte)'B', 4, 0, 0, 0, 1, 2, 3, 4] },
        { "SHORT_BINUNICODE", [0x8C, 4, (byte)'a', (byte)'b', (byte)'c', (byte)'d'] },
        { "GLOBAL", "ccollections\nOrderedDict\n"u8.ToArray() },
        { "UNICODE", "Vabcdefg\n"u8.ToArray() },
        { "BININT", [(byte)'J', 1, 2, 3, 4] },
        { "FRAME", [0x95, 1, 0, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(StraddlingOpcodes))]
    public void No_opcode_reaches_over_the_end_of_its_frame(string name, byte[] opcode)
    {
        Assert.NotEmpty(name);
        for (ulong length = 1; length < (ulong)opcode.Length; length++)
            Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip(PickleWriter.Protocol(4).Frame(length).Raw(opcode).Ascii("N.").Bytes));
    }

    [Fact]
    public void Frames_do_not_nest_and_are_not_longer_than_the_file()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip(PickleWriter.Protocol(4).Frame(20).Frame(2).Ascii("NNNNNNNNNNNNNNN.").Bytes));
        Untrusted.Refused(ArtifactCodes.Truncated, TorchWriter.Zip(PickleWriter.Protocol(4).Frame(ulong.MaxValue).Ascii("N.").Bytes));
        Untrusted.Read(TorchWriter.Zip(PickleWriter.Protocol(4).Frame(1).Ascii("}").Frame(1).Ascii(".").Bytes), checkpoint => Assert.Empty(checkpoint.Tensors));
    }

    [Theory]
    [InlineData("]q\0h\0a.")]
    [InlineData("]q\0(h\0h\0h\0e.")]
    [InlineData("}q\0X\u0001\0\0\0ah\0s.")]
    [InlineData("ccollections\nOrderedDict\n)Rq\0h\0b.")]
    [InlineData("]q\0(h\0t\u0085\u0085q\u0001ah\u0001.")]
    public void A_graph_that_holds_itself_is_walked_once(string opcodes) => Untrusted.Read(TorchWriter.Zip(P(opcodes)), checkpoint => Assert.Empty(checkpoint.Tensors));

    [Fact]
    public void Nesting_ends_at_the_budget()
    {
        Untrusted.Refused(ArtifactCodes.LimitExceeded, TorchWriter.Zip(Nested("\u0085", 500)));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, TorchWriter.Zip(Nested("2\u0086", 500)));
        Untrusted.Read(TorchWriter.Zip(Nested("22\u0087", 80)), checkpoint => Assert.Empty(checkpoint.Tensors));
    }

    [Fact]
    public void Sharing_costs_what_it_takes_to_write_and_no_more()
    {
        // Each level refers ten times to the one below: 10^30 ways lead to the tensor, and it is found by one.
        PickleWriter laughs = PickleWriter.Protocol().Ascii("](");
        TorchWriter.Full(laughs);
        laughs.Ascii("e").Put(0);
        for (int level = 0; level < 30; level++)
        {
            laughs.Ascii("](");
            for (int i = 0; i < 10; i++)
                laughs.Get(0);
            laughs.Ascii("e").Put(0);
        }

        Untrusted.Read(TorchWriter.Zip(laughs.Stop().Bytes), checkpoint => Assert.Single(checkpoint.Tensors));
    }

    [Fact]
    public void Many_values_end_at_the_budget()
    {
        byte[] lists = [0x80, 2, .. Enumerable.Repeat((byte)']', 2_000_000), (byte)'.'];
        Assert.Equal(ArtifactCodes.LimitExceeded, Opened.Refused(TorchWriter.Zip(lists)).Code);
        byte[] marks = [0x80, 2, .. Enumerable.Repeat((byte)'(', 2_000_000), (byte)'.'];
        Assert.Equal(ArtifactCodes.Malformed, Opened.Refused(TorchWriter.Zip(marks)).Code);
    }

    [Theory]
    [InlineData("K\u0001q\00h\0K\u0002Ns.", "an entry is set in an integer")]
    [InlineData("K\u0001q\00h\0K\u0002a.", "items are added to an integer")]
    [InlineData("]q\00h\0)R.", "a list is called")]
    public void A_memo_entry_of_another_kind_than_its_use_is_refused(string opcodes, string message) =>
        Assert.Contains(message, Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip(P(opcodes))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_name_of_a_class_cannot_forge_a_line_of_the_log()
    {
        byte[] pickle = PickleWriter.Protocol(4).StackGlobal("net", "Model\nerror WWG0000: forged").Ascii(")").Raw(0x81).Text("x").Raw(0x93).Stop().Bytes;
        string message = Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip(pickle)).Message;
        Assert.Contains("an object of net.Model\\u000aerror", message, StringComparison.Ordinal);
    }

    private static byte[] Nested(string opcodes, int levels)
    {
        PickleWriter pickle = PickleWriter.Protocol().Ascii("]");
        for (int level = 0; level < levels; level++)
            pickle.Ascii(opcodes);
        return pickle.Stop().Bytes;
    }
}
