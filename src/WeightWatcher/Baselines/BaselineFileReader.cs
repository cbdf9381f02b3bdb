using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Metrics;

namespace WeightWatcher.Baselines;

/// <summary>Reads the content of a baseline file. Strict: every key is known, every value of its type, and what is missing is named with its line.</summary>
internal static class BaselineFileReader
{
    /// <summary>How the reason of a metric without a value begins.</summary>
    public const string NotApplicable = "not applicable: ", Failed = "failed: ";

    /// <summary>The most layers, so that a small file cannot ask for much.</summary>
    private const int MaxLayers = 100_000;

    private const int MaxName = 10_000;

    private static readonly ImmutableArray<string> LayerMetrics = [.. MetricCatalog.Layer.Select(metric => metric.Name)];

    private static readonly ImmutableArray<string> AllMetrics = [.. MetricCatalog.Layer.Concat(MetricCatalog.Model).Select(metric => metric.Name)];

    /// <summary>Reads a baseline.</summary>
    /// <param name="root">The content of the file.</param>
    /// <param name="fileName">The name of the file.</param>
    /// <exception cref="BaselineException">The content is malformed, or of another version.</exception>
    public static Baseline Read(JsonValue root, string fileName)
    {
        BaselineNode document = new(root, "");
        _ = document.Mapping();
        CheckVersions(document);
        _ = document.Mapping(BaselineKeys.Document);
        BaselineNode artifact = document.Required("artifact");
        _ = artifact.Mapping(BaselineKeys.Artifact);
        _ = artifact.Required("path").TextOfAtMost(MaxName);
        ImmutableArray<HeldValue>.Builder held = ImmutableArray.CreateBuilder<HeldValue>();
        ImmutableArray<LayerReport> layers = Layers(document.Required("layers"), held);
        foreach (BaselineNode item in document.Optional("held")?.Items() ?? [])
            held.Add(ModelHeld(item));
        return new Baseline
        {
            Report = new ModelReport
            {
                Artifact = new ArtifactInfo(
                    fileName,
                    artifact.Required("format").TextOfAtMost(100),
                    artifact.Required("sha256").Hash(),
                    artifact.Required("size_bytes").Whole(0, long.MaxValue)),
                Options = Options(document.Required("options")),
                Layers = layers,
                Skipped = [],
                Summary = [.. Measurements(document.Required("summary"), AllMetrics, mayBeNull: true)],
            },
            Held = held.ToImmutable(),
            Accepted = [.. (document.Optional("accepted")?.Items() ?? []).Select(Accepted)],
        };
    }

    // First of all, since a file of another version may have any other key.
    private static void CheckVersions(BaselineNode document)
    {
        BaselineNode schema = document.Required("schema_version");
        if (schema.Whole(0, int.MaxValue) is var layout && layout != BaselineKeys.SchemaVersion)
        {
            throw new BaselineException(
                BaselineCodes.OtherVersion,
                string.Create(CultureInfo.InvariantCulture, $"the layout is of version {layout}, and this release reads version {BaselineKeys.SchemaVersion}. Use the release that wrote the file, or make the baseline again: dotnet build -t:WeightWatcherUpdateBaseline -p:WeightWatcherAccept=*:analysis"),
                schema.Line)
            { Key = "schema_version" };
        }

        BaselineNode tool = document.Required("tool");
        _ = tool.Mapping(BaselineKeys.Tool);
        string version = tool.Required("version").TextOfAtMost(100);
        _ = tool.Required("name").TextOfAtMost(100);
        BaselineNode rules = tool.Required("rule_set");
        if (rules.Whole(0, int.MaxValue) is var set && set != RuleSet.Version)
        {
            throw new BaselineException(
                BaselineCodes.OtherVersion,
                string.Create(CultureInfo.InvariantCulture, $"the numbers are of rule set {set} (written by version {Printable.Text(version)}), and this release, {Tool.Version}, measures by rule set {RuleSet.Version}: they cannot be compared. Make the baseline again from the model that it stands for: dotnet build -t:WeightWatcherUpdateBaseline -p:WeightWatcherAccept=*:analysis"),
                rules.Line)
            { Key = "tool.rule_set" };
        }
    }

    private static AnalysisOptions Options(BaselineNode node)
    {
        _ = node.Mapping(BaselineKeys.Options);
        BaselineNode maxEvals = node.Required("max_evals");
        AnalysisOptions usual = AnalysisOptions.Default;
        return new AnalysisOptions
        {
            Semantics = node.Required("semantics").Word(Enum.GetValues<Semantics>().Select(value => KeyValuePair.Create(OptionNames.Of(value), value))),
            Randomize = node.Required("randomize").Word(Enum.GetValues<Randomization>().Select(value => KeyValuePair.Create(OptionNames.Of(value), value))),
            Seed = node.Required("seed").Unsigned(),
            Fit = node.Required("fit").Word(Enum.GetValues<FitKind>().Select(value => KeyValuePair.Create(value.ToString(), value))),
            MinEvals = (int)node.Required("min_evals").Whole(1, int.MaxValue),
            MaxEvals = maxEvals.IsNull ? null : (int)maxEvals.Whole(1, int.MaxValue),
            Pool = node.Required("pool").Truth(),
            MpFit = node.Required("mp_fit").Truth(),
            DetX = node.Required("detX").Truth(),
            FixFingers = node.Optional("fix_fingers")?.Word(Enum.GetValues<FingerFix>().Select(value => KeyValuePair.Create(OptionNames.Of(value), value))) ?? usual.FixFingers,
            MaxFingers = (int)(node.Optional("max_fingers")?.Whole(2, int.MaxValue) ?? usual.MaxFingers),
            FingerThresh = node.Optional("finger_thresh")?.Number() ?? usual.FingerThresh,
            XMax = (int)(node.Optional("xmax")?.Whole(0, int.MaxValue) ?? usual.XMax),
            Inverse = node.Optional("inverse")?.Truth() ?? usual.Inverse,
            Conv2DNorm = node.Optional("conv2d_norm")?.Truth() ?? usual.Conv2DNorm,
            FoldBatchNorm = node.Optional("fold_batchnorm")?.Truth() ?? usual.FoldBatchNorm,
            Vectors = node.Optional("vectors")?.Truth() ?? usual.Vectors,
            ClausetP = node.Optional("clauset_p")?.Truth() ?? usual.ClausetP,
            Quantization = node.Optional("quantization")?.Truth() ?? usual.Quantization,
            Combine = node.Optional("combine")?.Word(Enum.GetValues<LayerCombination>().Select(value => KeyValuePair.Create(OptionNames.Of(value), value))) ?? usual.Combine,
            BaseModelPath = node.Optional("base_model")?.TextOfAtMost(MaxName),
            Include = [.. node.Required("include").Items().Select(item => item.TextOfAtMost(MaxName))],
            Exclude = [.. node.Required("exclude").Items().Select(item => item.TextOfAtMost(MaxName))],
        };
    }

    private static ImmutableArray<LayerReport> Layers(BaselineNode node, ImmutableArray<HeldValue>.Builder held)
    {
        ImmutableArray<LayerReport>.Builder layers = ImmutableArray.CreateBuilder<LayerReport>();
        HashSet<(string, int?)> names = [];
        foreach (BaselineNode item in node.Items())
        {
            if (layers.Count == MaxLayers)
                throw node.Malformed(string.Create(CultureInfo.InvariantCulture, $"there are more than {MaxLayers} layers"));
            LayerReport layer = Layer(item, layers.Count + 1, held);
            if (!names.Add((layer.Name, layer.SliceId)))
                throw item.Required("name").Malformed($"the layer '{Printable.Text(layer.Name)}' is there twice");
            layers.Add(layer);
        }

        return layers.Count > 0 ? layers.ToImmutable() : throw node.Malformed("there is no layer");
    }

    private static LayerReport Layer(BaselineNode node, int number, ImmutableArray<HeldValue>.Builder held)
    {
        _ = node.Mapping(BaselineKeys.Layer);
        string name = node.Required("name").TextOfAtMost(MaxName);
        int? slice = node.Optional("slice_id") is { } id ? (int)id.Whole(0, int.MaxValue) : null;
        Dictionary<string, Measurement> metrics = new(Measurements(node.Required("metrics"), LayerMetrics, mayBeNull: false), StringComparer.Ordinal);
        foreach ((string metric, BaselineNode reason) in node.Optional("not_measured")?.Members() ?? [])
        {
            Check(metric, reason, LayerMetrics);
            string text = reason.TextOfAtMost(MaxName);
            Measurement measurement = text.StartsWith(NotApplicable, StringComparison.Ordinal) ? Measurement.NotApplicable(text[NotApplicable.Length..])
                : text.StartsWith(Failed, StringComparison.Ordinal) ? Measurement.Failed(text[Failed.Length..])
                : throw reason.Malformed($"expected a reason that begins with '{NotApplicable.Trim()}' or '{Failed.Trim()}'");
            if (!metrics.TryAdd(metric, measurement))
                throw reason.Malformed("the metric has a value in 'metrics'");
        }

        foreach ((string metric, BaselineNode value) in node.Optional("held")?.Members() ?? [])
        {
            Check(metric, value, LayerMetrics);
            held.Add(new HeldValue(metric, value.Number()) { Layer = name, SliceId = slice });
        }

        foreach (string shape in new[] { "N", "M", "rf" })
        {
            if (!metrics.TryGetValue(shape, out Measurement size) || !size.IsMeasured)
                throw node.Required("metrics").Malformed($"the metric '{shape}' is missing");
        }

        LayerReport layer = new()
        {
            LayerId = number,
            Name = name,
            SliceId = slice,
            LayerType = node.Required("layer_type").TextOfAtMost(100),
            Shape = [.. node.Required("shape").Items().Select(size => size.Whole(0, long.MaxValue))],
            WeightHash = node.Required("weight_hash").Hash(),
            ContentKey = node.Optional("content_key")?.Hash() ?? "",
            Status = node.Required("status").TextOfAtMost(100),
            Warning = node.Optional("warning")?.TextOfAtMost(100) ?? "",
            Fault = node.Optional("fault")?.Word(BaselineKeys.Faults) ?? LayerFault.None,
            FaultDetail = node.Optional("fault_detail")?.TextOfAtMost(MaxName),
            InitKind = node.Optional("init_kind")?.TextOfAtMost(100),
            ContentMark = node.Optional("content_mark")?.Mark(),
            Metrics = [.. LayerMetrics.Where(metrics.ContainsKey).Select(metric => KeyValuePair.Create(metric, metrics[metric]))],
            Traps = [.. (node.Optional("traps")?.Items() ?? []).Select(Trap)],
        };

        // What a row says serves as the measurement of a layer of the same content only as long as nobody changed it.
        return node.Optional("row_digest")?.Hash() == BaselineFileWriter.Digest(layer) ? layer : layer with { ContentKey = "" };
    }

    private static TrapReport Trap(BaselineNode node)
    {
        _ = node.Mapping(BaselineKeys.Trap);
        return new TrapReport(
            node.Required("lambda").Number(),
            node.Required("edge").Number(),
            node.Required("cause").TextOfAtMost(100),
            node.Optional("row")?.Whole(0, long.MaxValue),
            node.Optional("column")?.Whole(0, long.MaxValue),
            (int)node.Required("slice").Whole(0, int.MaxValue),
            node.Required("size").Number());
    }

    private static HeldValue ModelHeld(BaselineNode node)
    {
        _ = node.Mapping(BaselineKeys.Held);
        return new HeldValue(Metric(node.Required("metric"), AllMetrics), node.Required("value").Number())
        {
            Rule = node.Required("rule").TextOfAtMost(MaxName),
            Aggregate = node.Optional("aggregate")?.TextOfAtMost(100),
        };
    }

    private static AcceptedChange Accepted(BaselineNode node)
    {
        _ = node.Mapping(BaselineKeys.Accepted);
        AcceptedChange change = new()
        {
            Layer = node.Optional("layer")?.TextOfAtMost(MaxName),
            SliceId = node.Optional("slice_id") is { } id ? (int)id.Whole(0, int.MaxValue) : null,
            Rule = node.Optional("rule")?.TextOfAtMost(MaxName),
            Aggregate = node.Optional("aggregate")?.TextOfAtMost(100),
            Metric = node.Required("metric").TextOfAtMost(100),
            From = node.Optional("from")?.Number(),
            To = node.Optional("to")?.Number(),
            Reason = node.Required("reason").TextOfAtMost(MaxName),
            Until = node.Optional("until") is { } until ? Day(until) : null,
            Line = node.Line,
        };
        if (change.Layer is null == change.Rule is null)
            throw node.Malformed("an accepted change has either 'layer' or 'rule'");
        if (string.IsNullOrWhiteSpace(change.Reason))
            throw node.Required("reason").Malformed("the reason is empty; say why the change was accepted");
        if (!change.IsStructural)
        {
            _ = Metric(node.Required("metric"), AllMetrics);
            _ = node.Required("from");
            _ = node.Required("to");
        }

        return change;
    }

    private static DateOnly Day(BaselineNode node) =>
        DateOnly.TryParseExact(node.Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : throw node.Malformed("expected a day such as 2027-01-31");

    private static IEnumerable<KeyValuePair<string, Measurement>> Measurements(BaselineNode node, ImmutableArray<string> known, bool mayBeNull)
    {
        foreach ((string metric, BaselineNode value) in node.Members())
        {
            Check(metric, value, known);
            yield return KeyValuePair.Create(metric, mayBeNull && value.IsNull ? Measurement.NotApplicable("not measured") : Measurement.Of(value.Number()));
        }
    }

    private static string Metric(BaselineNode node, ImmutableArray<string> known)
    {
        string metric = node.TextOfAtMost(100);
        Check(metric, node, known);
        return metric;
    }

    private static void Check(string metric, BaselineNode at, ImmutableArray<string> known)
    {
        if (!known.Contains(metric))
            throw at.Malformed($"'{Printable.Text(metric)}' is no metric of this release; when a newer one wrote the file, use that");
    }
}
