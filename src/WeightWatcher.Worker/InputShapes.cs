using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>The inputs of a model with the sizes that they are given.</summary>
internal sealed class InputShapes
{
    /// <summary>The most elements of one input.</summary>
    private const long MostElements = 1L << 28;

    /// <summary>The size of a free first axis and of one that is called a batch, of the free third and later axes of images and volumes, and of every other free axis.</summary>
    private const long Batch = 1, Extent = 64, Length = 16;

    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Gives each input of a session its shape.</summary>
    /// <exception cref="WorkerException">An input cannot be made.</exception>
    public InputShapes(InferenceSession session, WorkerRequest request)
    {
        Request = request;
        foreach (string name in session.InputNames)
        {
            NodeMetadata node = session.InputMetadata[name];
            if (!node.IsTensor)
                throw new WorkerException(ExecutionFault.InputNotMade, $"the input '{name}' is a {node.OnnxValueType}, and only tensors can be made");
            WorkerInput? setting = request.Inputs.FirstOrDefault(input => input.Name == name);
            if (setting is not null)
                _used.Add("input " + name);
            Inputs.Add((new WorkerValue(name, TypeName(node.ElementDataType), Shape(name, node, setting)), node.ElementDataType, setting));
        }
    }

    /// <summary>What was asked for.</summary>
    public WorkerRequest Request { get; }

    /// <summary>The inputs in the order of the model.</summary>
    public List<(WorkerValue Value, TensorElementType Type, WorkerInput? Setting)> Inputs { get; } = [];

    /// <summary>The inputs as the answer shows them.</summary>
    public IReadOnlyList<WorkerValue> Values => [.. Inputs.Select(input => input.Value)];

    /// <summary>What the request names and the model does not have.</summary>
    public IReadOnlyList<string> Unused =>
    [
        .. Request.Inputs.Select(input => "input " + input.Name).Concat(Request.Dimensions.Keys.Select(name => "dimension " + name)).Where(name => !_used.Contains(name)),
    ];

    /// <summary>The name of an element type as messages and reports show it.</summary>
    public static string TypeName(TensorElementType type) => type.ToString().ToLowerInvariant();

    /// <summary>Makes sure that a baseline takes the inputs of the model.</summary>
    public static void RequireSame(InferenceSession baseline, IReadOnlyList<WorkerValue> inputs)
    {
        string[] missing = [.. inputs.Select(input => input.Name).Except(baseline.InputNames)];
        string[] other = [.. baseline.InputNames.Except(inputs.Select(input => input.Name))];
        if (missing.Length > 0 || other.Length > 0)
            throw new WorkerException(ExecutionFault.OtherInputs, $"the model has the inputs {List(inputs.Select(input => input.Name))}, the baseline {List(baseline.InputNames)}");
        foreach (WorkerValue input in inputs)
        {
            NodeMetadata node = baseline.InputMetadata[input.Name];
            string type = node.IsTensor ? TypeName(node.ElementDataType) : node.OnnxValueType.ToString();
            if (type != input.Type)
                throw new WorkerException(ExecutionFault.OtherInputs, $"the input '{input.Name}' is {input.Type} in the model and {type} in the baseline");
            bool fits = node.Dimensions.Length == 0 || (node.Dimensions.Length == input.Shape.Count && node.Dimensions.Zip(input.Shape).All(pair => pair.First < 0 || pair.First == pair.Second));
            if (!fits)
                throw new WorkerException(ExecutionFault.OtherInputs, $"the input '{input.Name}' is {Text(input.Shape)} in the model and {Text([.. node.Dimensions.Select(size => (long)size)])} in the baseline");
        }
    }

    private long[] Shape(string name, NodeMetadata node, WorkerInput? setting)
    {
        int[] sizes = node.Dimensions;
        long[] shape = setting?.Shape is { } given ? [.. given] : [.. sizes.Select(size => (long)size)];
        // An input without a shape has no sizes either, like a scalar.
        bool fits = sizes.Length == 0 || (sizes.Length == shape.Length && sizes.Zip(shape).All(pair => pair.First < 0 || pair.First == pair.Second));
        if (!fits)
            throw new WorkerException(ExecutionFault.InputNotMade, $"the policy gives the input '{name}' the shape {Text(shape)}, the model wants {Text([.. sizes.Select(size => (long)size)])}");
        long elements = 1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            string symbol = axis < node.SymbolicDimensions.Length ? node.SymbolicDimensions[axis] : "";
            if (symbol.Length > 0)
                _used.Add("dimension " + symbol);
            if (shape[axis] < 0)
                shape[axis] = Size(symbol, axis, shape.Length);
            else if (symbol.Length > 0)
                _sizes.TryAdd(symbol, shape[axis]);
            // Zero is a size: the memory of a model that has not seen anything.
            if (shape[axis] != 0 && elements > MostElements / shape[axis])
                throw new WorkerException(ExecutionFault.InputNotMade, string.Create(CultureInfo.InvariantCulture, $"the input '{name}' would have the shape {Text(shape)}, more than {MostElements} elements; give it a 'shape' in 'runtime.inputs'"));
            elements *= shape[axis];
        }

        return shape;
    }

    private long Size(string symbol, int axis, int rank)
    {
        if (symbol.Length > 0 && Request.Dimensions.TryGetValue(symbol, out long given))
            return given;
        if (symbol.Length > 0 && _sizes.TryGetValue(symbol, out long known))
            return known;
        bool isBatch = axis == 0 || symbol.Contains("batch", StringComparison.OrdinalIgnoreCase);
        long size = isBatch ? Batch : rank >= 4 && axis >= 2 ? Extent : Length;
        if (symbol.Length > 0)
            _sizes[symbol] = size;
        return size;
    }

    private static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape.Select(size => size < 0 ? "?" : size.ToString(CultureInfo.InvariantCulture)))}]";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
