using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>What the tensors of checkpoints of all shapes are called, and which are optimizer state.</summary>
public class TensorNamesTests
{
    private static readonly Action<PickleWriter> Tensor = TorchWriter.Full;

    private static Action<PickleWriter> Scalar { get; } = p => p.Tensor(s => s.Storage("0", 12), 3, [], []);

    private static void AssertNames(Action<PickleWriter> root, params string[] names)
    {
        PickleWriter pickle = PickleWriter.Protocol();
        root(pickle);
        Untrusted.Read(TorchWriter.Zip(pickle.Stop().Bytes), checkpoint => Assert.Equal(names, checkpoint.Tensors.Select(t => t.IsOptimizerState ? $"({t.Name})" : t.Name)));
    }

    private static Action<PickleWriter> Entries(params (string Key, Action<PickleWriter> Value)[] entries) => p => p.Entries(entries);

    /// <summary>An object of a class of the user's, with attributes.</summary>
    private static Action<PickleWriter> Object(params (string Key, Action<PickleWriter> Value)[] attributes) =>
        p => p.Global("__main__", "Net").Ascii(")").Raw(0x81).Entries(attributes).Ascii("b");

    [Fact]
    public void A_state_dictionary_gives_its_keys() => AssertNames(Entries(("conv.weight", Tensor), ("conv.bias", Tensor)), "conv.weight", "conv.bias");

    [Fact]
    public void An_ordered_dictionary_gives_its_keys() =>
        AssertNames(p => p.Global("collections", "OrderedDict").Ascii(")R(").Text("a.weight").Tensor(s => s.Storage("0", 12), 0, [12], [1]).Ascii("u"), "a.weight");

    [Fact]
    public void An_ordered_dictionary_of_Python_2_gives_its_keys() =>
        AssertNames(p => p.Global("collections", "OrderedDict").Ascii("(](](").Text("a.weight").Tensor(s => s.Storage("0", 12), 0, [12], [1]).Ascii("eetR"), "a.weight");

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    public void The_key_of_the_only_state_dictionary_is_dropped(string key) => AssertNames(
        Entries(("epoch", p => p.Int(3)), (key, Entries(("module.fc.weight", Tensor))), ("optimizer", Entries(("exp_avg", Tensor)))),
        "module.fc.weight",
        "(optimizer.exp_avg)");

    [Fact]
    public void A_score_beside_the_state_dictionary_does_not_keep_its_key() =>
        AssertNames(Entries(("best", Scalar), ("state_dict", Entries(("fc.weight", Tensor)))), "best", "fc.weight");

    [Fact]
    public void Keys_of_several_state_dictionaries_are_kept() => AssertNames(
        Entries(("model", Entries(("fc.weight", Tensor))), ("ema", Entries(("fc.weight", Tensor)))), "model.fc.weight", "ema.fc.weight");

    [Fact]
    public void Lists_of_state_dictionaries_are_numbered() => AssertNames(
        p =>
        {
            p.Ascii("](");
            Entries(("fc.weight", Tensor))(p);
            Entries(("fc.weight", Tensor))(p);
            p.Ascii("e");
        },
        "0.fc.weight",
        "1.fc.weight");

    [Fact]
    public void A_tensor_alone_is_called_tensor() => AssertNames(Tensor, "tensor");

    [Fact]
    public void A_whole_module_gives_the_names_of_its_state_dictionary() => AssertNames(
        Object(
            ("training", p => p.Raw(0x88)),
            ("_parameters", Entries(("scale", Tensor))),
            ("_buffers", Entries(("mean", Tensor))),
            ("_modules", Entries(("fc", Object(("_parameters", Entries(("weight", Tensor)))))))),
        "scale",
        "mean",
        "fc.weight");

    [Fact]
    public void Parameters_and_subclasses_are_followed() => AssertNames(
        Entries(
            ("a", p => Wrapped(p.Global("torch._utils", "_rebuild_parameter").Ascii("("), Tensor).Raw(0x88).Ascii("NtR")),
            ("b", p => Wrapped(p.Global("torch._utils", "_rebuild_parameter_with_state").Ascii("("), Tensor).Raw(0x88).Ascii("NNtR")),
            ("c", p => p.Global("torch._tensor", "_rebuild_from_type_v2").Ascii("(").Global("torch._utils", "_rebuild_tensor_v2").Global("my", "Tensor").Ascii("(").Storage("0", 12).Int(0)
                .Ints(12).Ints(1).Raw(0x89).Ascii("NtNtR"))),
        "a",
        "b",
        "c");

    [Fact]
    public void Unknown_objects_give_up_their_tensors() => AssertNames(
        Entries(
            ("reduced", p => Wrapped(p.Global("my.lib", "rebuild").Ascii("("), Tensor).Int(3).Ascii("tR")),
            ("built", Object(("inner", Tensor))),
            ("slots", p => p.Global("my", "Slots").Ascii(")").Raw(0x81).Ascii("N").Entries(("a", Tensor)).Raw(0x86).Ascii("b")),
            ("listed", p => Wrapped(p.Global("collections", "deque").Ascii(")R"), Tensor).Ascii("a"))),
        "reduced.args.0",
        "built.inner",
        "slots.a",
        "listed.0");

    [Fact]
    public void Optimizer_state_is_marked_and_comes_last() => AssertNames(
        Entries(
            ("optimizer_state_dict", Entries(("state", p => p.Ascii("}").Int(0).Entries(("exp_avg", Tensor)).Ascii("s")), ("param_groups", p => p.Ascii("]")))),
            ("optim", Entries(("momentum", Tensor))),
            ("model", Entries(("fc.weight", Tensor)))),
        "fc.weight",
        "(optimizer_state_dict.state.0.exp_avg)",
        "(optim.momentum)");

    [Fact]
    public void A_file_of_optimizer_state_alone_is_marked() => AssertNames(
        Entries(("state", p => p.Ascii("}").Int(0).Entries(("exp_avg", Tensor)).Ascii("s")), ("param_groups", p => p.Ascii("]"))), "(state.0.exp_avg)");

    [Fact]
    public void A_model_that_the_optimizer_refers_to_is_named_by_the_model() => AssertNames(
        p =>
        {
            Entries(("fc.weight", Tensor))(p);
            p.Put(0).Ascii("0}(").Text("optimizer").Ascii("}").Text("params").Get(0).Ascii("s").Text("net").Get(0).Ascii("u");
        },
        "fc.weight");

    [Fact]
    public void Tied_weights_have_one_identity_and_slices_have_their_own() => Untrusted.Read(
        TorchWriter.Zip(TorchWriter.Dictionary(
            ("a", Tensor),
            ("b", Tensor),
            ("slice", p => p.Tensor(s => s.Storage("0", 12), 4, [2, 4], [4, 1])),
            ("transposed", p => p.Tensor(s => s.Storage("0", 12), 0, [4, 3], [1, 4])))),
        checkpoint =>
        {
            Assert.Equal(checkpoint.Tensor("a").StorageIdentity, checkpoint.Tensor("b").StorageIdentity);
            Assert.Equal(3, checkpoint.Tensors.Select(t => t.StorageIdentity).Distinct().Count());
        });

    [Fact]
    public void The_last_of_two_entries_with_one_key_counts_as_in_Python() => AssertNames(Entries(("a", p => p.Int(1)), ("a", Tensor)), "a");

    private static PickleWriter Wrapped(PickleWriter pickle, Action<PickleWriter> value)
    {
        value(pickle);
        return pickle;
    }
}
