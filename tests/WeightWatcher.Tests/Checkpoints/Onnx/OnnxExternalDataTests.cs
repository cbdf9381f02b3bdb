using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Onnx;

public sealed class OnnxExternalDataTests : IDisposable
{
    private static readonly float[] Values = [1, 2, 3, 4];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_in_other_files_are_read_and_the_files_are_listed_in_order_of_first_use()
    {
        _folder.Write("models/weights/a.bin", [0, 0, 0, 0, .. Bytes(Values)]);
        _folder.Write("models/b.bin", Bytes([9]));
        OnnxGraph graph = new OnnxGraph()
            .Initializer(OnnxWriter.External("second", 1, [1], ("location", "b.bin")))
            .Initializer(OnnxWriter.External("first", 1, [2, 2], ("location", "weights/a.bin"), ("offset", "4"), ("length", "16")))
            .Initializer(OnnxWriter.External("again", 1, [1], ("location", "./weights/a.bin"), ("offset", "16"), ("length", "4"), ("basepath", "/")));
        using Checkpoint checkpoint = Open(graph);
        Assert.Equal(["model.onnx", "b.bin", "a.bin"], checkpoint.Files.Select(f => Path.GetFileName(f.Path)));
        Assert.Equal([9], checkpoint.Tensor("second").Values());
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("first").Values());
        Assert.Equal([4], checkpoint.Tensor("again").Values());
        Assert.Empty(checkpoint.Notes);
    }

    [Fact]
    public void Two_tensors_over_the_same_bytes_share_their_storage()
    {
        _folder.Write("models/a.bin", Bytes(Values));
        OnnxGraph graph = new OnnxGraph()
            .Initializer(OnnxWriter.External("encoder", 1, [2], ("location", "a.bin"), ("offset", "0"), ("length", "8")))
            .Initializer(OnnxWriter.External("decoder", 1, [2], ("location", "./a.bin"), ("offset", "0"), ("length", "8")))
            .Initializer(OnnxWriter.External("other", 1, [2], ("location", "a.bin"), ("offset", "8"), ("length", "8")));
        using Checkpoint checkpoint = Open(graph);
        Assert.Equal(checkpoint.Tensor("encoder").StorageIdentity, checkpoint.Tensor("decoder").StorageIdentity);
        Assert.NotEqual(checkpoint.Tensor("encoder").StorageIdentity, checkpoint.Tensor("other").StorageIdentity);
    }

    [Theory]
    [InlineData("../secret.bin", "WWG2016")]
    [InlineData("a/../../secret.bin", "WWG2016")]
    [InlineData("junk/../../secret.bin", "WWG2016")]
    [InlineData("..\\secret.bin", "WWG2016")]
    [InlineData("a\\..\\..\\secret.bin", "WWG2016")]
    [InlineData("a/..\\../secret.bin", "WWG2016")]
    [InlineData("..", "WWG2016")]
    [InlineData("/etc/passwd", "WWG2016")]
    [InlineData("//server/share", "WWG2016")]
    [InlineData("\\\\server\\share", "WWG2016")]
    [InlineData("C:\\windows\\win.ini", "WWG2016")]
    [InlineData("c:secret.bin", "WWG2016")]
    [InlineData("", "WWG2010")]
    [InlineData(".", "WWG2010")]
    [InlineData("./", "WWG2010")]
    [InlineData("sub", "WWG2010")]
    [InlineData("a.bin\0.txt", "WWG2010")]
    [InlineData("none.bin", "WWG2017")]
    [InlineData("no/such/folder.bin", "WWG2017")]
    [InlineData("*/_ORT_MEM_ADDR_/*", "WWG2019")]
    [InlineData("file:///etc/passwd", "WWG2017")]
    public void A_name_that_leads_elsewhere_is_refused(string location, string code)
    {
        _folder.Write("secret.bin", Bytes(Values));
        _folder.Write("models/a.bin", Bytes(Values));
        _folder.Write("models/sub/b.bin", Bytes(Values));
        Refused(code, ("location", location));
    }

    [Fact]
    public void Two_dots_inside_a_name_are_no_way_out()
    {
        _folder.Write("models/a..b", Bytes(Values));
        using Checkpoint checkpoint = Open(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", "a..b"))));
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused_at_any_level()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _folder.Write("outside/secret.bin", Bytes(Values));
        Directory.CreateDirectory(_folder.File("models"));
        File.CreateSymbolicLink(_folder.File("models", "link.bin"), _folder.File("outside", "secret.bin"));
        File.CreateSymbolicLink(_folder.File("models", "relative.bin"), "../outside/secret.bin");
        Directory.CreateSymbolicLink(_folder.File("models", "door"), _folder.File("outside"));
        File.CreateSymbolicLink(_folder.File("models", "chain.bin"), "relative.bin");
        Refused("WWG2016", ("location", "link.bin"));
        Refused("WWG2016", ("location", "relative.bin"));
        Refused("WWG2016", ("location", "door/secret.bin"));
        Refused("WWG2016", ("location", "chain.bin"));
    }

    [Fact]
    public void A_link_that_stays_in_the_folder_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _folder.Write("models/blobs/abc", Bytes(Values));
        File.CreateSymbolicLink(_folder.File("models", "w.bin"), "blobs/abc");
        using Checkpoint checkpoint = Open(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", "w.bin"))));
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void A_folder_that_is_itself_reached_through_a_link_holds_its_own_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _folder.Write("models/w.bin", Bytes(Values));
        _folder.Write("models/model.onnx", OnnxWriter.Model(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", "w.bin")))));
        Directory.CreateSymbolicLink(_folder.File("current"), _folder.File("models"));
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.File("current", "model.onnx"), TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void Links_in_a_circle_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        Directory.CreateDirectory(_folder.File("models"));
        File.CreateSymbolicLink(_folder.File("models", "a.bin"), "b.bin");
        File.CreateSymbolicLink(_folder.File("models", "b.bin"), "a.bin");
        Refused("WWG2009", ("location", "a.bin"));
    }

    [Fact]
    public void A_pipe_does_not_block()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "named pipes are not files on Windows");
        Directory.CreateDirectory(_folder.File("models"));
        using (System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", _folder.File("models", "pipe.bin")))
            mkfifo.WaitForExit();
        Refused("WWG2002", ("location", "pipe.bin"));
    }

    [Theory]
    [InlineData("offset", "-1", "WWG2010")]
    [InlineData("offset", "abc", "WWG2010")]
    [InlineData("offset", "", "WWG2010")]
    [InlineData("offset", " 0", "WWG2010")]
    [InlineData("offset", "9223372036854775808", "WWG2010")]
    [InlineData("offset", "17", "WWG2011")]
    [InlineData("offset", "9223372036854775807", "WWG2011")]
    [InlineData("offset", "4", "WWG2012")]
    [InlineData("length", "-16", "WWG2010")]
    [InlineData("length", "16.0", "WWG2010")]
    [InlineData("length", "16000", "WWG2011")]
    [InlineData("length", "9223372036854775807", "WWG2011")]
    [InlineData("length", "12", "WWG2012")]
    [InlineData("location", "a.bin", "WWG2010")]
    [InlineData("checksum", "0000000000000000000000000000000000000000", "WWG2010")]
    public void Places_that_do_not_fit_are_refused(string key, string value, string code)
    {
        _folder.Write("models/a.bin", Bytes(Values));
        ArtifactException refusal = Refused(code, ("location", "a.bin"), (key, value));
        Assert.Equal("w", refusal.Tensor);
        Assert.NotNull(refusal.Offset);
        Assert.Equal("onnx", refusal.Format);
    }

    [Fact]
    public void Offset_and_length_that_overflow_together_are_refused()
    {
        _folder.Write("models/a.bin", Bytes(Values));
        Refused("WWG2011", ("location", "a.bin"), ("offset", "16"), ("length", long.MaxValue.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_location_is_needed() => Refused("WWG2010", ("offset", "0"));

    [Fact]
    public void A_true_checksum_is_accepted()
    {
        _folder.Write("models/a.bin", Bytes(Values));
#pragma warning disable CA5350 // the specification's choice
        string checksum = Convert.ToHexString(SHA1.HashData(Bytes(Values)));
#pragma warning restore CA5350
        using Checkpoint checkpoint = Open(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", "a.bin"), ("checksum", checksum))));
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void Unknown_keys_are_passed_over_and_noted()
    {
        _folder.Write("models/a.bin", Bytes(Values));
        using Checkpoint checkpoint = Open(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", "a.bin"), ("__class__", "x"))));
        Assert.Contains("__class__", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_in_both_places_are_refused()
    {
        _folder.Write("models/a.bin", Bytes(Values));
        ProtobufWriter tensor = OnnxWriter.External("w", 1, [4], ("location", "a.bin")).Bytes(9, Bytes(Values));
        Assert.Equal("WWG2010", Opened.Refusal(() => Open(new OnnxGraph().Initializer(tensor))).Code.Id);
    }

    [Fact]
    public void Strings_in_another_file_are_refused()
    {
        _folder.Write("models/a.bin", Bytes(Values));
        ProtobufWriter tensor = OnnxWriter.External("w", OnnxWriter.String, [4], ("location", "a.bin"));
        Assert.Equal("WWG2010", Opened.Refusal(() => Open(new OnnxGraph().Initializer(tensor))).Code.Id);
    }

    [Fact]
    public void A_hard_link_is_a_file_like_any_other()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _folder.Write("store/abc", Bytes(Values));
        Directory.CreateDirectory(_folder.File("models"));
        using (System.Diagnostics.Process link = System.Diagnostics.Process.Start("ln", [_folder.File("store", "abc"), _folder.File("models", "w.bin")]))
            link.WaitForExit();
        using Checkpoint checkpoint = Open(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", "w.bin"))));
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void A_device_is_never_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "devices are not files on Windows");
        Directory.CreateDirectory(_folder.File("models"));
        File.CreateSymbolicLink(_folder.File("models", "zero.bin"), "/dev/zero");
        Refused("WWG2016", ("location", "zero.bin"));
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private Checkpoint Open(OnnxGraph graph) => CheckpointReader.Open(_folder.Write("models/model.onnx", OnnxWriter.Model(graph)), TestContext.Current.CancellationToken);

    private ArtifactException Refused(string code, params (string Key, string Value)[] entries)
    {
        ArtifactException refusal = Opened.Refusal(() => Open(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], entries))));
        Assert.Equal(code, refusal.Code.Id);
        return refusal;
    }
}
