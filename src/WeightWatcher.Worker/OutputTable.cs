using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>What one run gave: the tensors of all outputs, those in sequences and maps under names with their place.</summary>
internal sealed class OutputTable
{
    /// <summary>The most elements that are kept of one run: they wait in memory for the baseline's.</summary>
    private const long MostElements = 1L << 27;

    private const int DeepestNesting = 8;

    private long _elements;

    /// <summary>The tensors in the order of the model.</summary>
    public List<OutputValues> Values { get; } = [];

    /// <summary>Takes what an output gave.</summary>
    /// <exception cref="WorkerException">It is of a kind that is not looked into, or too large.</exception>
    public void Add(string name, OrtValue value) => Add(name, value, 0);

    /// <summary>Whether another run gave the same bits.</summary>
    public bool IsSameAs(OutputTable other) => Values.Count == other.Values.Count && Values.Zip(other.Values).All(pair => pair.First.IsSameAs(pair.Second));

    private void Add(string name, OrtValue value, int depth)
    {
        if (depth > DeepestNesting)
            throw Refused($"the output '{name}' nests deeper than {DeepestNesting} levels");
        switch (value.OnnxType)
        {
            case OnnxValueType.ONNX_TYPE_TENSOR:
                AddTensor(name, value);
                break;
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                for (int i = 0; i < value.GetValueCount(); i++)
                {
                    using OrtValue item = value.GetValue(i, OrtAllocator.DefaultInstance);
                    Add(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), item, depth + 1);
                }

                break;
            case OnnxValueType.ONNX_TYPE_MAP:
                using (OrtValue keys = value.GetValue(0, OrtAllocator.DefaultInstance))
                    Add(name + ".keys", keys, depth + 1);
                using (OrtValue values = value.GetValue(1, OrtAllocator.DefaultInstance))
                    Add(name + ".values", values, depth + 1);
                break;
            default:
                throw Refused($"the output '{name}' is a {value.OnnxType}");
        }
    }

    private void AddTensor(string name, OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        _elements += info.ElementCount;
        if (_elements > MostElements)
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"one run gives more than {MostElements} elements"));
        long[] shape = info.Shape;
        string type = InputShapes.TypeName(info.ElementDataType);
        if (info.ElementDataType == TensorElementType.String)
        {
            Values.Add(new OutputValues(name, type, shape, null, value.GetStringTensorAsArray()));
            return;
        }

        double[] numbers = info.ElementCount == 0 ? [] : info.ElementDataType switch
        {
            TensorElementType.Float => Numbers<float>(value, x => x),
            TensorElementType.Double => Numbers<double>(value, x => x),
            TensorElementType.Float16 => Numbers<Float16>(value, x => (float)x),
            TensorElementType.BFloat16 => Numbers<BFloat16>(value, x => (float)x),
            TensorElementType.Int8 => Numbers<sbyte>(value, x => x),
            TensorElementType.UInt8 => Numbers<byte>(value, x => x),
            TensorElementType.Int16 => Numbers<short>(value, x => x),
            TensorElementType.UInt16 => Numbers<ushort>(value, x => x),
            TensorElementType.Int32 => Numbers<int>(value, x => x),
            TensorElementType.UInt32 => Numbers<uint>(value, x => x),
            TensorElementType.Int64 => Numbers<long>(value, x => x),
            TensorElementType.UInt64 => Numbers<ulong>(value, x => x),
            TensorElementType.Bool => Numbers<bool>(value, x => x ? 1 : 0),
            _ => throw Refused($"the output '{name}' is of type {type}"),
        };
        Values.Add(new OutputValues(name, type, shape, numbers, null));
    }

    private static double[] Numbers<T>(OrtValue value, Func<T, double> convert)
        where T : unmanaged
    {
        ReadOnlySpan<T> elements = value.GetTensorDataAsSpan<T>();
        double[] numbers = new double[elements.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = convert(elements[i]);
        return numbers;
    }

    private static WorkerException Refused(string message) => new(ExecutionFault.OutputNotRead, $"{message}, which is not looked into");
}

/// <summary>A tensor that came out of one run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Numbers">The elements in row-major order, truth values as 0 and 1; null for text.</param>
/// <param name="Texts">The elements when they are text, else null.</param>
internal sealed record OutputValues(string Name, string Type, long[] Shape, double[]? Numbers, string[]? Texts)
{
    /// <summary>Whether another tensor has the same bits.</summary>
    public bool IsSameAs(OutputValues other)
    {
        if (Name != other.Name || Type != other.Type || !Shape.SequenceEqual(other.Shape))
            return false;
        return Numbers is not null
            ? Numbers.AsSpan().SequenceEqual(other.Numbers) || Numbers.Zip(other.Numbers!).All(pair => pair.First.Equals(pair.Second))
            : Texts!.AsSpan().SequenceEqual(other.Texts);
    }
}
