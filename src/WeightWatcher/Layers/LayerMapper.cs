using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Layers;

/// <summary>Decides for each tensor whether it is a layer, and of which matrices. Every tensor ends in a layer or in the skipped list.</summary>
internal static partial class LayerMapper
{
    private const string WeightSuffix = ".weight";
    private const string Kernel = "kernel";
    private const string RecurrentKernel = "recurrent_kernel";

    /// <summary>The largest N that the Python tool analyses.</summary>
    private const int CompatibleMaxN = 50_000;

    /// <summary>The most eigenvalues that the Python tool analyses.</summary>
    private const int CompatibleMaxEvals = 15_000;

    /// <summary>Maps a checkpoint.</summary>
    public static LayerMap Map(Checkpoint checkpoint, AnalysisOptions options)
    {
        ImmutableArray<Layer>.Builder layers = ImmutableArray.CreateBuilder<Layer>();
        ImmutableArray<SkippedTensor>.Builder skipped = ImmutableArray.CreateBuilder<SkippedTensor>();
        Dictionary<object, string> storages = [];
        HashSet<object> counted = [];
        HashSet<string> cells = CellsOf(checkpoint);
        HashSet<string> names = [];
        long parameters = 0;
        int id = 0;
        bool deselected = false;
        foreach (Tensor tensor in checkpoint.Tensors)
        {
            if (WhyNoWeight(tensor, storages) is { } noWeight)
            {
                Skip(tensor, noWeight);
                id += CountsInPythonTool(tensor) ? 1 : 0;
                continue;
            }

            // Under a second name a weight is analysed where it was not under the first, and counts once.
            if (tensor.StorageIdentity is not { } storage || counted.Add(storage))
                parameters += tensor.Count;
            (ImmutableArray<Layer> found, string? reason) = MatricesOf(tensor, options, cells);
            if (reason is not null)
            {
                Skip(tensor, reason);
                id += CountsInPythonTool(tensor) ? 1 : 0;
                continue;
            }

            List<string> reasons = [];
            int before = layers.Count;
            foreach (IGrouping<string, Layer> matrix in found.GroupBy(l => l.Name, StringComparer.Ordinal))
            {
                string name = UniqueName(names, matrix.Key, tensor.Name);
                if (WhyDeselected(name, options) is { } pattern)
                {
                    deselected = true;
                    reasons.Add(pattern);
                    continue;
                }

                id++;
                foreach (Layer layer in matrix)
                {
                    if (WhyOutOfRange(layer, options) is { } range)
                        reasons.Add(range);
                    else
                        layers.Add(layer with { Name = name, Id = id });
                }

                // Strict ids are consecutive over what is analysed; the Python tool's count what it passes over as well.
                if (options.Semantics == Semantics.Strict && (layers.Count == before || layers[^1].Id != id))
                    id--;
            }

            if (layers.Count == before)
                Skip(tensor, reasons[0]);
            else if (tensor.StorageIdentity is { } identity)
                storages.TryAdd(identity, tensor.Name);
        }

        if (options.FoldBatchNorm)
            Fold(checkpoint, layers);
        foreach (UnreadableTensor tensor in checkpoint.Unreadable)
        {
            skipped.Add(new SkippedTensor(tensor.Name, tensor.Shape, tensor.Reason));
            parameters = parameters > long.MaxValue - tensor.Parameters ? long.MaxValue : parameters + tensor.Parameters;
        }

        return new LayerMap(layers.ToImmutable(), skipped.ToImmutable(), parameters) { HasDeselected = deselected };

        void Skip(Tensor tensor, string reason) => skipped.Add(new SkippedTensor(tensor.Name, tensor.Shape, reason));

        bool CountsInPythonTool(Tensor tensor) =>
            options.Semantics == Semantics.Compatible && tensor.Name.EndsWith(WeightSuffix, StringComparison.Ordinal);
    }

    private static void Fold(Checkpoint checkpoint, ImmutableArray<Layer>.Builder layers)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (Tensor tensor in checkpoint.Tensors)
            tensors.TryAdd(tensor.Name, tensor);
        for (int i = 0; i < layers.Count; i++)
            layers[i] = layers[i] with { Norm = FoldedNorm.Of(layers[i].Tensor, tensors) };
    }

    /// <summary>The name of a tensor's layer.</summary>
    internal static string LayerName(string tensorName) =>
        tensorName.Length > WeightSuffix.Length && tensorName.EndsWith(WeightSuffix, StringComparison.Ordinal) ? tensorName[..^WeightSuffix.Length] : tensorName;

    private static string? WhyNoWeight(Tensor tensor, Dictionary<object, string> storages)
    {
        if (tensor.IsOptimizerState)
            return "optimizer state";
        if (!tensor.IsFloatingPoint)
            return $"elements are {tensor.ElementTypeName}, not floating-point weights";
        if (tensor.StorageIdentity is { } identity && storages.TryGetValue(identity, out string? first))
            return $"tied: the same elements as '{first}'";
        return null;
    }

    private static (ImmutableArray<Layer> Layers, string? Reason) MatricesOf(Tensor tensor, AnalysisOptions options, HashSet<string> cells)
    {
        ImmutableArray<long> shape = tensor.Shape;
        if (tensor.Count == 0)
            return ([], "no elements");
        if (shape.Length == 0)
            return ([], "scalar");
        if (shape.Length == 1)
            return ([], "one-dimensional");
        if (tensor.Count > Array.MaxLength && (options.Semantics == Semantics.Compatible || FusedWeights.Split(tensor, "").IsEmpty))
            return ([], "more elements than one array can hold");
        if (options.Semantics == Semantics.Compatible)
        {
            return shape.Length switch
            {
                2 => (Matrix(tensor, LayerType.Dense, options), null),
                4 => (CompatibleConvolution.Map(tensor, options), null),
                _ => ([], string.Create(CultureInfo.InvariantCulture, $"{shape.Length}-dimensional: compatible semantics analyse two and four dimensions")),
            };
        }

        if (FusedWeights.AreBiases(tensor))
            return ([], "the biases of experts");
        if (FusedWeights.Split(tensor, LayerName(tensor.Name)) is { IsEmpty: false } parts)
            return ([.. parts.SelectMany(part => Matrix(part, TypeOfMatrix(part), options))], null);
        if (shape.Length == 3 && tensor.Layout == TensorLayout.DirectionsGatesInput)
            return (Stack(tensor, LayerType.Recurrent, options), null);
        if (shape.Length == 3 && tensor.Layout == TensorLayout.Unspecified && shape[0] == 1)
            return (Stack(tensor, TypeOfMatrix(tensor), options), null);
        return shape.Length switch
        {
            2 => (Matrix(tensor, IsOfCell(tensor.Name, cells) ? LayerType.Recurrent : TypeOfMatrix(tensor), options), null),
            3 or 4 or 5 => (Convolution.Map(tensor, options), null),
            _ => ([], string.Create(CultureInfo.InvariantCulture, $"{shape.Length}-dimensional")),
        };
    }

    /// <summary>The prefixes of the weights of Keras' recurrent cells, which are told by their recurrent kernels.</summary>
    private static HashSet<string> CellsOf(Checkpoint checkpoint) =>
        [.. checkpoint.Tensors.Where(t => t.Name.EndsWith(RecurrentKernel, StringComparison.Ordinal)).Select(t => t.Name[..^RecurrentKernel.Length])];

    /// <summary>True for the kernel of a recurrent cell, which takes its input.</summary>
    private static bool IsOfCell(string name, HashSet<string> cells) => name.EndsWith(Kernel, StringComparison.Ordinal) && cells.Contains(name[..^Kernel.Length]);

    private static LayerType TypeOfMatrix(Tensor tensor)
    {
        string name = tensor.Name;
        if (tensor.Layout == TensorLayout.Embedding || LookUpTable().IsMatch(name))
            return LayerType.Embedding;
        if (name.Contains("in_proj_weight", StringComparison.Ordinal))
            return LayerType.Attention;
        bool recurrent = tensor.Layout == TensorLayout.DirectionsGatesInput || name.Contains("weight_ih", StringComparison.Ordinal)
            || name.Contains("weight_hh", StringComparison.Ordinal) || name.Contains(RecurrentKernel, StringComparison.Ordinal);
        return recurrent ? LayerType.Recurrent : LayerType.Dense;
    }

    private static ImmutableArray<Layer> Matrix(Tensor tensor, LayerType type, AnalysisOptions options)
    {
        int rows = (int)tensor.Shape[0];
        int columns = (int)tensor.Shape[1];
        return [SingleMatrix(tensor, LayerName(tensor.Name), type, new MatrixSlice(rows, columns, 0, columns, 1), options)];
    }

    /// <summary>Matrices stacked along the first axis, each a layer of its own: the directions of a recurrent cell.</summary>
    private static ImmutableArray<Layer> Stack(Tensor tensor, LayerType type, AnalysisOptions options)
    {
        int count = (int)tensor.Shape[0];
        int rows = (int)tensor.Shape[1];
        int columns = (int)tensor.Shape[2];
        string name = LayerName(tensor.Name);
        return
        [
            .. Enumerable.Range(0, count).Select(i => SingleMatrix(
                tensor,
                count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"),
                type,
                new MatrixSlice(rows, columns, (long)i * rows * columns, columns, 1),
                options)),
        ];
    }

    private static Layer SingleMatrix(Tensor tensor, string name, LayerType type, MatrixSlice slice, AnalysisOptions options)
    {
        MatrixSlice tall = slice.Tall();
        return new Layer
        {
            Id = 0,
            Name = name,
            Type = type,
            Tensor = tensor,
            N = tall.Rows,
            M = tall.Columns,
            Slices = [tall],
            SliceId = options.Pool ? null : 0,
            KernelSize = 1,
        };
    }

    private static string? WhyDeselected(string name, AnalysisOptions options)
    {
        foreach (string pattern in options.Exclude)
        {
            if (Glob.IsMatch(pattern, name))
                return $"excluded by '{pattern}'";
        }

        return Glob.IsMatchAny(options.Include, name) ? null : "matched by no include pattern";
    }

    private static string? WhyOutOfRange(Layer layer, AnalysisOptions options)
    {
        bool compatible = options.Semantics == Semantics.Compatible;
        int evals = compatible ? layer.M * (options.Pool ? layer.KernelSize : 1) : layer.NumEvals;
        if (evals < options.MinEvals)
            return string.Create(CultureInfo.InvariantCulture, $"{evals} eigenvalues, fewer than min_evals {options.MinEvals}");
        if ((options.MaxEvals ?? (compatible ? CompatibleMaxEvals : int.MaxValue)) is var most && evals > most)
            return string.Create(CultureInfo.InvariantCulture, $"{evals} eigenvalues, more than max_evals {most}");
        if (compatible && layer.N > CompatibleMaxN)
            return string.Create(CultureInfo.InvariantCulture, $"N is {layer.N}, above the compatible limit of {CompatibleMaxN}");
        return null;
    }

    private static string UniqueName(HashSet<string> names, string wanted, string full)
    {
        if (names.Add(wanted))
            return wanted;
        string name = full;
        for (int i = 2; !names.Add(name); i++)
            name = string.Create(CultureInfo.InvariantCulture, $"{full}#{i}");
        return name;
    }

    /// <summary>The names of look-up tables: <c>embed_tokens</c>, <c>word_embeddings</c> and the like, llama.cpp's <c>token_embd</c>, and <c>wte</c> and <c>wpe</c> of GPT-2.</summary>
    [GeneratedRegex(@"embed|embd|(?:^|[._/])w[tp]e(?:[._/]|$)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LookUpTable();
}
