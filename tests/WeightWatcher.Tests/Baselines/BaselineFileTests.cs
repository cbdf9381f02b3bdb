using System.Globalization;
using System.Text.Json.Nodes;
using NJsonSchema;
using WeightWatcher.Baselines;
using WeightWatcher.Tests.Analysis;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Baselines;

public sealed class BaselineFileTests : IDisposable
{
    private static readonly string SchemaPath = Path.Combine(Reference.RepositoryRoot, "schema", "weightwatcher-baseline.schema.json");

    private readonly TestModel _model = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_is_written_reads_back_exactly()
    {
        Baseline baseline = Sample();
        string path = _folder.File("net.wwbaseline.json");
        Assert.True(baseline.Save(path));
        Baseline read = Baseline.Load(path);
        Assert.Equal(baseline.Report.Options, read.Report.Options);
        Assert.Equal(baseline.Report.Layers.Length, read.Report.Layers.Length);
        foreach ((LayerReport written, LayerReport layer) in baseline.Report.Layers.Zip(read.Report.Layers))
        {
            Assert.Equal(
                (written.LayerId, written.Name, written.LayerType, written.WeightHash, written.ContentKey, written.Status, written.Warning, written.Fault, written.FaultDetail, written.InitKind, written.ContentMark),
                (layer.LayerId, layer.Name, layer.LayerType, layer.WeightHash, layer.ContentKey, layer.Status, layer.Warning, layer.Fault, layer.FaultDetail, layer.InitKind, layer.ContentMark));
            Assert.Equal(written.Shape, layer.Shape);
            Assert.Equal(written.Metrics, layer.Metrics);
            Assert.Equal(written.Traps, layer.Traps);
        }

        Assert.Equal(baseline.Report.Summary.Where(s => s.Value.IsMeasured), read.Report.Summary.Where(s => s.Value.IsMeasured));
        Assert.Equal(baseline.Held, read.Held);
        Assert.Equal(baseline.Accepted, read.Accepted.Select(change => change with { Line = 0 }));
    }

    /// <summary>Every option that can change a result, one at a time: a file that forgot one would be refused for ever, or compared with numbers of other options.</summary>
    [Fact]
    public void Every_option_reads_back()
    {
        AnalysisOptions plain = AnalysisOptions.Default;
        AnalysisOptions[] all =
        [
            plain with { Semantics = Semantics.Compatible }, plain with { Randomize = Randomization.Both }, plain with { Seed = ulong.MaxValue }, plain with { Fit = FitKind.E_TPL },
            plain with { MinEvals = 3 }, plain with { MaxEvals = 99 }, plain with { Pool = false }, plain with { MpFit = false }, plain with { DetX = false },
            plain with { FixFingers = FingerFix.ClipXMax }, plain with { MaxFingers = 7 }, plain with { FingerThresh = 0.1 }, plain with { XMax = 3 }, plain with { Inverse = true },
            plain with { Conv2DNorm = false }, plain with { FoldBatchNorm = true }, plain with { Vectors = true }, plain with { ClausetP = true }, plain with { Quantization = true },
            plain with { Combine = LayerCombination.Stacked }, plain with { BaseModelPath = "base.safetensors" }, plain with { Include = ["a*"] }, plain with { Exclude = ["b*"] },
        ];
        string path = _folder.File("options.wwbaseline.json");
        Baseline sample = Sample();
        foreach (AnalysisOptions options in all)
        {
            Assert.NotEqual(plain, options);
            (sample with { Report = sample.Report with { Options = options } }).Save(path);
            Assert.Equal(options, Baseline.Load(path).Report.Options);
        }

        // Each part of the identity was changed by one of them.
        string[] parts = plain.Signature.Split(';');
        Assert.All(Enumerable.Range(0, parts.Length), i => Assert.Contains(all, options => options.Signature.Split(';')[i] != parts[i]));
    }

    [Fact]
    public void Writers_of_one_process_do_not_disturb_each_other()
    {
        string path = _folder.File("net.wwbaseline.json");
        Baseline sample = Sample();
        Parallel.For(0, 200, i => (sample with { Report = sample.Report with { Artifact = sample.Report.Artifact with { Path = $"net{i}.safetensors" } } }).Save(path));
        Assert.Equal(sample.Report.Layers.Length, Baseline.Load(path).Report.Layers.Length);
        Assert.Equal([path], Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
    }

    /// <summary>Rows serve as measurements of unchanged layers: not those that somebody edited.</summary>
    [Fact]
    public void A_row_whose_numbers_were_edited_is_compared_with_and_serves_no_layer()
    {
        string path = _folder.File("net.wwbaseline.json");
        Baseline baseline = Sample();
        baseline.Save(path);
        string text = File.ReadAllText(path), number = "\"alpha\": ";
        int at = text.IndexOf(number, StringComparison.Ordinal) + number.Length;
        File.WriteAllText(path, text[..at] + "2.5" + text[text.IndexOf(',', at)..]);
        Baseline edited = Baseline.Load(path);
        Assert.Equal(2.5, edited.Report.Layers[0]["alpha"].Value);
        Assert.Equal("", edited.Report.Layers[0].ContentKey);
        Assert.Equal(baseline.Report.Layers[1].ContentKey, edited.Report.Layers[1].ContentKey);
        Assert.NotEqual("", edited.Report.Layers[1].ContentKey);
    }

    [Theory]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    [InlineData(-0.0)]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(123456789012345680)]
    public void A_number_reads_back_bit_for_bit_in_any_culture(double number)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            string path = _folder.File("number.wwbaseline.json");
            (Sample() with { Held = [new HeldValue("alpha", number) { Layer = "fc1" }] }).Save(path);
            Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits(Baseline.Load(path).Held[0].Value));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task What_is_written_keeps_the_published_schema()
    {
        string path = _folder.File("net.wwbaseline.json");
        Sample().Save(path);
        JsonSchema schema = await JsonSchema.FromFileAsync(SchemaPath, TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Every_key_of_the_reader_is_in_the_schema_and_the_reverse()
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(SchemaPath))!;
        JsonNode layer = root["definitions"]!["layer"]!;
        Assert.Equal(BaselineKeys.Document.Order(), Keys(root));
        Assert.Equal(BaselineKeys.Tool.Order(), Keys(root["properties"]!["tool"]!));
        Assert.Equal(BaselineKeys.Artifact.Order(), Keys(root["properties"]!["artifact"]!));
        Assert.Equal(BaselineKeys.Options.Order(), Keys(root["properties"]!["options"]!));
        Assert.Equal(BaselineKeys.Layer.Order(), Keys(layer));
        Assert.Equal(BaselineKeys.Trap.Order(), Keys(layer["properties"]!["traps"]!["items"]!));
        Assert.Equal(BaselineKeys.Held.Order(), Keys(root["properties"]!["held"]!["items"]!));
        Assert.Equal(BaselineKeys.Accepted.Order(), Keys(root["properties"]!["accepted"]!["items"]!));
        Assert.Equal(BaselineKeys.SchemaVersion, root["properties"]!["schema_version"]!["enum"]![0]!.GetValue<int>());
        Assert.Equal(RuleSet.Version, root["properties"]!["tool"]!["properties"]!["rule_set"]!["enum"]![0]!.GetValue<int>());

        static IOrderedEnumerable<string> Keys(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key).Order();
    }

    [Fact]
    public void Comments_and_the_order_of_keys_and_layers_survive_an_update()
    {
        string path = _folder.File("net.wwbaseline.json");
        Sample().Save(path);
        string text = File.ReadAllText(path);
        string[] layers = Layers(text);
        text = text.Replace(layers[0], "@", StringComparison.Ordinal).Replace(layers[1], layers[0], StringComparison.Ordinal).Replace("@", layers[1], StringComparison.Ordinal);
        text = "// who owns this: the vision team\n" + text.Replace("\"layers\": [", "\"layers\": [ // in the order of the network", StringComparison.Ordinal)
            .Replace("    {\n      \"name\": \"fc1\"", "    // the first one\n    { // opens\n      \"name\": \"fc1\"", StringComparison.Ordinal)
            .Replace("\"alpha\":", "/* mind the tail */\n        \"alpha\":", StringComparison.Ordinal)
            .Replace("\"seed\": 42,", "\"seed\": 42, // chosen by dice", StringComparison.Ordinal) + "// the end\n";
        File.WriteAllText(path, text);
        Assert.False(File.ReadAllText(path) == JsonTextWriter.Write(BaselineFileWriter.ToJson(Sample(), _ => null)));

        // The same content: nothing but the indentation of the block comment may move, and then nothing at all.
        (Sample() with { Held = [] }).Save(path);
        string once = File.ReadAllText(path);
        foreach (string comment in new[] { "// who owns this: the vision team\n{", "[ // in the order of the network\n", "    // the first one\n    { // opens\n", "/* mind the tail */\n        \"alpha\":", "42, // chosen by dice\n", "}\n// the end\n" })
            Assert.Contains(comment, once, StringComparison.Ordinal);
        Assert.True(once.IndexOf("\"fc2\"", StringComparison.Ordinal) < once.IndexOf("\"fc1\"", StringComparison.Ordinal));
        Assert.False((Sample() with { Held = [] }).Save(path));
        Assert.Equal(once, File.ReadAllText(path));
    }

    [Fact]
    public void The_line_ends_of_the_file_stay()
    {
        string path = _folder.File("net.wwbaseline.json");
        Sample().Save(path);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.False(Sample().Save(path));
        Assert.True((Sample() with { Held = [] }).Save(path));
        Assert.DoesNotContain("\n", File.ReadAllText(path).Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"shape\": [100, 60]", "\"shape\": \"100\"", "layers[0].shape", "expected a list, found '100'")]
    [InlineData("\"shape\": [100, 60]", "\"shape\": [100, -1]", "layers[0].shape[1]", "expected a whole number from 0")]
    [InlineData("\"seed\": 42", "\"seed\": 4.5", "options.seed", "expected a whole number")]
    [InlineData("\"seed\": 42", "\"sede\": 42", "options.sede", "unknown key")]
    [InlineData("\"pool\": true", "\"pool\": 1", "options.pool", "expected true or false")]
    [InlineData("\"semantics\": \"strict\"", "\"semantics\": \"lax\"", "options.semantics", "expected one of strict, compatible, found 'lax'")]
    [InlineData("\"layer_type\": \"dense\",", "", "layers[0]", "the key 'layer_type' is missing")]
    [InlineData("\"N\": 100", "\"N\": 1e999", "layers[0].metrics.N", "too large")]
    [InlineData("\"N\": 100", "\"N\": null", "layers[0].metrics.N", "expected a number")]
    [InlineData("\"N\": 100", "\"Nn\": 100", "layers[0].metrics.Nn", "is no metric of this release")]
    [InlineData("\"name\": \"fc2\"", "\"name\": \"fc1\"", "layers[1].name", "is there twice")]
    [InlineData("\"until\": \"2027-01-31\"", "\"until\": \"31.1.2027\"", "accepted[0].until", "expected a day")]
    [InlineData("\"reason\": \"new data\"", "\"reason\": \" \"", "accepted[0].reason", "say why")]
    [InlineData("\"layer\": \"fc1\", \"metric\": \"alpha\"", "\"metric\": \"alpha\"", "accepted[0]", "either 'layer' or 'rule'")]
    [InlineData("\"seed\": 42", "\"seed\": 42, \"seed\": 43", null, "written twice")]
    [InlineData("\"seed\": 42,", "\"seed\": 42", null, "not valid JSON")]
    [InlineData("\"seed\": 42", "\"seed\": NaN", null, "not valid JSON")]
    public void A_fault_names_its_line_and_key(string written, string broken, string? key, string sentence)
    {
        string path = _folder.File("net.wwbaseline.json");
        Sample().Save(path);
        string text = File.ReadAllText(path);
        int at = text.IndexOf(written, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(path, text[..at] + broken + text[(at + written.Length)..]);
        BaselineException fault = Assert.Throws<BaselineException>(() => Baseline.Load(path));
        Assert.Equal("WWG4010", fault.Code.Id);
        Assert.Equal(key, fault.Key);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
        int line = text[..at].Count(c => c == '\n') + 1;
        Assert.InRange(fault.Line!.Value, key is null or "layers[0]" ? line - 100 : line, line + 1);
        Assert.Contains($"line {fault.Line}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"schema_version\": 1", "\"schema_version\": 2", "schema_version")]
    [InlineData("\"rule_set\": 1", "\"rule_set\": 0", "tool.rule_set")]
    public void Another_version_says_what_to_do(string written, string other, string key)
    {
        string path = _folder.File("net.wwbaseline.json");
        Sample().Save(path);
        File.WriteAllText(path, File.ReadAllText(path).Replace(written, other, StringComparison.Ordinal));
        BaselineException fault = Assert.Throws<BaselineException>(() => Baseline.Load(path));
        Assert.Equal(("WWG4011", key), (fault.Code.Id, fault.Key));
        Assert.Contains("-t:WeightWatcherUpdateBaseline", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Any cut and any changed byte of a file gives a baseline or a coded fault with a line inside the file, never another exception.</summary>
    [Fact]
    public void A_damaged_file_is_a_coded_fault()
    {
        string path = _folder.File("net.wwbaseline.json");
        Sample().Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        Random random = new(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = i % 3 == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
            for (int change = 0; change < i % 4 && damaged.Length > 0; change++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                _ = BaselineFileReader.Read(JsonTextReader.Read(damaged), "net");
            }
            catch (BaselineException e)
            {
                Assert.StartsWith("WWG4", e.Code.Id, StringComparison.Ordinal);
                Assert.InRange(e.Line ?? 1, 1, damaged.Count(b => b == (byte)'\n') + 1);
            }
        }
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        BaselineException fault = Assert.Throws<BaselineException>(() => JsonTextReader.Read(System.Text.Encoding.UTF8.GetBytes(new string('[', 100_000))));
        Assert.Equal("WWG4010", fault.Code.Id);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private static string[] Layers(string text)
    {
        int first = text.IndexOf("    {\n      \"name\": \"fc1\"", StringComparison.Ordinal);
        int second = text.IndexOf("    {\n      \"name\": \"fc2\"", StringComparison.Ordinal);
        int end = text.IndexOf("\n  ],\n  \"summary\"", StringComparison.Ordinal);
        return [text[first..(second - 2)], text[second..end]];
    }

    private Baseline Sample()
    {
        float[] trap = TestModel.Gaussian(40 * 30, 5);
        trap[17] = 60;
        ModelReport report = _model.Analyze(
            AnalysisOptions.Default,
            ("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)),
            ("fc2.weight", [40, 30], trap),
            ("zero.weight", [20, 20], new float[400]));
        return Baseline.Of(report with { Artifact = report.Artifact with { Path = "net.safetensors" } }) with
        {
            Held = [new HeldValue("alpha", 2.125) { Layer = "fc1" }, new HeldValue("rand_distance", 0.1) { Rule = "median", Aggregate = "median" }],
            Accepted = [new AcceptedChange { Layer = "fc1", Metric = "alpha", From = 2.1, To = 1.0 / 3, Reason = "new data", Until = new DateOnly(2027, 1, 31) }, new AcceptedChange { Rule = "median", Aggregate = "median", Metric = "alpha", From = 1, To = 2, Reason = "larger" }],
        };
    }
}
