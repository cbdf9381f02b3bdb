using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Pickles that would run code where they are loaded.</summary>
public class ForbiddenGlobalTests
{
    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("nt", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("sys", "modules")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "exec")]
    [InlineData("builtins", "getattr")]
    [InlineData("builtins", "__import__")]
    [InlineData("builtins", "open")]
    [InlineData("builtins", "print")]
    [InlineData("__builtin__", "apply")]
    [InlineData("runpy", "_run_code")]
    [InlineData("webbrowser", "open")]
    [InlineData("socket", "create_connection")]
    [InlineData("http.client", "HTTPSConnection")]
    [InlineData("urllib.request", "urlopen")]
    [InlineData("requests.api", "get")]
    [InlineData("aiohttp.client", "ClientSession")]
    [InlineData("asyncio.unix_events", "_UnixSubprocessTransport._start")]
    [InlineData("operator", "attrgetter")]
    [InlineData("_operator", "methodcaller")]
    [InlineData("pickle", "loads")]
    [InlineData("_pickle", "Unpickler")]
    [InlineData("cloudpickle.cloudpickle", "_make_function")]
    [InlineData("dill._dill", "_create_function")]
    [InlineData("marshal", "loads")]
    [InlineData("types", "CodeType")]
    [InlineData("importlib", "import_module")]
    [InlineData("pkgutil", "resolve_name")]
    [InlineData("pydoc", "locate")]
    [InlineData("pty", "spawn")]
    [InlineData("shutil", "rmtree")]
    [InlineData("ctypes", "CDLL")]
    [InlineData("timeit", "timeit")]
    [InlineData("pdb", "run")]
    [InlineData("bdb", "Bdb.run")]
    [InlineData("code", "InteractiveInterpreter.runcode")]
    [InlineData("cProfile", "run")]
    [InlineData("pip", "main")]
    [InlineData("idlelib.run", "Executive.runcode")]
    [InlineData("_io", "FileIO")]
    [InlineData("numpy.testing._private.utils", "runstring")]
    [InlineData("numpy.f2py.crackfortran", "getlincoef")]
    [InlineData("torch", "load")]
    [InlineData("torch.serialization", "load")]
    [InlineData("torch.jit.unsupported_tensor_ops", "execWrapper")]
    [InlineData("torch.hub", "load")]
    [InlineData("torch.utils.cpp_extension", "load_inline")]
    [InlineData("torch", "serialization.os.system")]
    [InlineData("torch.nn", "Module.__init__.__globals__")]
    [InlineData("collections", "_sys.modules")]
    [InlineData("builtins.os", "system")]
    public void A_global_that_runs_code_is_named_and_refused(string module, string name)
    {
        foreach (byte[] pickle in new[] { Reduce(p => p.Global(module, name)), Reduce(p => p.StackGlobal(module, name)), Instance(module, name) })
        {
            ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Forbidden, TorchWriter.Zip(pickle));
            Assert.Contains($"'{module}.{name}'", refusal.Message, StringComparison.Ordinal);
            Assert.NotNull(refusal.Offset);
        }
    }

    [Theory]
    [InlineData("collections", "OrderedDict")]
    [InlineData("collections", "defaultdict")]
    [InlineData("torch._utils", "_rebuild_tensor_v2")]
    [InlineData("torch.nn.modules.conv", "Conv2d")]
    [InlineData("torch", "device")]
    [InlineData("__torch__.torch.nn.modules.linear", "Linear")]
    [InlineData("__main__", "Net")]
    [InlineData("models.resnet", "Block.Inner")]
    [InlineData("builtins", "set")]
    [InlineData("__builtin__", "object")]
    [InlineData("copyreg", "_reconstructor")]
    [InlineData("functools", "partial")]
    [InlineData("_codecs", "encode")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("argparse", "Namespace")]
    [InlineData("pathlib", "PosixPath")]
    [InlineData("io", "BytesIO")]
    [InlineData("torch.jit._pickle", "build_intlist")]
    public void A_global_of_real_checkpoints_is_not_refused(string module, string name) => Assert.False(ForbiddenGlobals.Contains(module, name));

    [Fact]
    public void A_magic_number_made_by_a_call_is_refused()
    {
        byte[] file = PickleWriter.Protocol().Global("builtins", "eval").Ascii("(").Text("0x1950a86a20f9469cfc6c").Ascii("tR").Stop().Bytes;
        Untrusted.Refused(ArtifactCodes.Forbidden, [.. file, .. TorchWriter.Head()[15..]]);
    }

    [Theory]
    [InlineData("cos\nsystem\n(S'echo'\ntR.")]
    [InlineData("c__builtin__\neval\n(S'1'\ntR.")]
    [InlineData("(ios\nsystem\n(S'echo'\n.")]
    public void A_plain_pickle_of_protocol_0_that_runs_code_is_refused(string pickle) =>
        Untrusted.Refused(ArtifactCodes.Forbidden, System.Text.Encoding.Latin1.GetBytes(pickle));

    [Fact]
    public void A_second_pickle_behind_a_harmless_one_is_refused()
    {
        byte[] harmless = TorchWriter.Dictionary(("w", TorchWriter.Full));
        byte[] harmful = Reduce(p => p.Global("os", "system"));
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip([.. harmless, .. harmful]));
        Untrusted.Refused(ArtifactCodes.Malformed, [.. TorchWriter.Legacy(PickleWriter.Protocol().Ascii("}").Stop().Bytes), .. harmful]);
    }

    [Fact]
    public void A_harmful_global_is_refused_wherever_it_hides()
    {
        Untrusted.Refused(ArtifactCodes.Forbidden, TorchWriter.Legacy(Reduce(p => p.Global("os", "system"))));
        Untrusted.Refused(ArtifactCodes.Forbidden, TorchWriter.Zip(TorchWriter.Dictionary(("w", p => p.Ascii("cos\nsystem\n0N")))));
        ZipWriter script = TorchWriter.ZipItems(PickleWriter.Protocol().Ascii("}").Stop().Bytes).Add("archive/constants.pkl", Reduce(p => p.Global("os", "system")));
        Untrusted.Refused(ArtifactCodes.Forbidden, script.ToArray());
    }

    private static byte[] Reduce(Action<PickleWriter> callee)
    {
        PickleWriter pickle = PickleWriter.Protocol(4);
        callee(pickle);
        return pickle.Ascii("(").Text("echo").Ascii("tR").Stop().Bytes;
    }

    private static byte[] Instance(string module, string name) => PickleWriter.Protocol().Ascii("(").Text("echo").Ascii($"i{module}\n{name}\n").Stop().Bytes;
}
