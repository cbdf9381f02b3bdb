using System.Collections.Immutable;
using System.Reflection;
using WeightWatcher.Caching;
using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;

namespace WeightWatcher.Tests.Caching;

public sealed class LayerKeyTests
{
    /// <summary>Options that choose layers or spend resources, and change no row.</summary>
    private static readonly string[] Irrelevant = ["Include", "Exclude", "MaxThreads", "MemoryBudget", "BaseModelPath", "ExternalRoots", "Default", "Signature"];

    private static readonly Layer Layer = Keys.Layer;

    [Fact]
    public void The_same_weights_under_another_name_have_the_same_key() => Assert.Equal(Key(Layer), Key(Layer with { Name = "other", Id = 8 }));

    [Fact]
    public void Whatever_makes_other_matrices_of_the_weights_makes_another_key()
    {
        Layer[] others =
        [
            Layer with { N = 5 },
            Layer with { M = 2 },
            Layer with { KernelSize = 2 },
            Layer with { SliceId = 0 },
            Layer with { SliceId = 1 },
            Layer with { Type = LayerType.Embedding },
            Layer with { Slices = [new MatrixSlice(4, 3, 0, 1, 4)] },
            Layer with { Slices = [new MatrixSlice(4, 3, 1, 3, 1)] },
            Layer with { Slices = [.. Layer.Slices, .. Layer.Slices] },
            Layer with { Tensor = Tensor(ElementType.F16, [4, 3]) },
            Layer with { Tensor = Tensor(ElementType.F64, [4, 3]) },
            Layer with { Tensor = Tensor(ElementType.F32, [3, 4]) },
        ];
        Assert.Equal(others.Length + 1, others.Append(Layer).Select(Key).Distinct().Count());
    }

    [Fact]
    public void Other_weights_and_another_engine_make_another_key()
    {
        Assert.NotEqual(Key(Layer), LayerKey.Of(Layer, "other", AnalysisOptions.Default).Text);
        Assert.NotEqual(Key(Layer), LayerKey.Of(Layer, "weights", AnalysisOptions.Default, "other").Text);
    }

    [Fact]
    public void Every_option_that_can_change_a_row_makes_another_key()
    {
        PropertyInfo[] properties =
            [.. typeof(AnalysisOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && !Irrelevant.Contains(p.Name))];
        Assert.NotEmpty(properties);
        foreach (PropertyInfo property in properties)
        {
            AnalysisOptions changed = AnalysisOptions.Default with { };
            property.SetValue(changed, Other(property, property.GetValue(changed)));
            Assert.True(Key(Layer) != LayerKey.Of(Layer, "weights", changed).Text, $"{property.Name} is not part of the key");
        }
    }

    [Fact]
    public void Patterns_threads_memory_and_where_files_lie_make_no_other_key() => Assert.Equal(
        Key(Layer),
        LayerKey.Of(Layer, "weights", AnalysisOptions.Default with { Include = ["a"], Exclude = ["b"], MaxThreads = 3, MemoryBudget = 4, BaseModelPath = "/base.onnx", ExternalRoots = ["/store"] }).Text);

    private static string Key(Layer layer) => LayerKey.Of(layer, "weights", AnalysisOptions.Default).Text;

    private static Keys.NoElements Tensor(ElementType type, ImmutableArray<long> shape) =>
        new() { Name = "fc.weight", Shape = shape, ElementType = type, ElementTypeName = type.ToString(), Count = 12 };

    private static object Other(PropertyInfo property, object? value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        ulong number => number + 1,
        double number => number + 1,
        Enum kind => Enum.GetValues(property.PropertyType).Cast<object>().First(v => !v.Equals(kind)),
        null => 7,
        _ => throw new InvalidOperationException($"{property.Name} has a new type"),
    };
}
