using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>One value for each input of a model.</summary>
internal sealed class InputSet
{
    /// <summary>The names in the order of the model.</summary>
    public List<string> Names { get; } = [];

    /// <summary>The values in the same order.</summary>
    public List<OrtValue> Values { get; } = [];

    /// <summary>Makes the inputs of a run: they depend on seed, run and name, and are the same on every machine.</summary>
    /// <exception cref="WorkerException">An input cannot be made.</exception>
    public static InputSet Make(InputShapes shapes, int run)
    {
        InputSet set = new();
        foreach ((WorkerValue value, TensorElementType type, WorkerInput? setting) in shapes.Inputs)
        {
            SeededNumbers numbers = new(shapes.Request.Seed, run, value.Name);
            set.Names.Add(value.Name);
            set.Values.Add(Make(value, type, setting, numbers));
        }

        return set;
    }

    private static OrtValue Make(WorkerValue value, TensorElementType type, WorkerInput? setting, SeededNumbers numbers)
    {
        long[] shape = [.. value.Shape];
        long count = shape.Aggregate(1L, (product, size) => product * size);
        return type switch
        {
            TensorElementType.Float => Fill(shape, count, Reals(setting, value.Name, numbers), x => (float)x),
            TensorElementType.Double => Fill(shape, count, Reals(setting, value.Name, numbers), x => x),
            TensorElementType.Float16 => Fill(shape, count, Reals(setting, value.Name, numbers), x => (Float16)(float)x),
            TensorElementType.BFloat16 => Fill(shape, count, Reals(setting, value.Name, numbers), x => (BFloat16)(float)x),
            TensorElementType.Int8 => Fill(shape, count, Integers(setting, value, numbers, sbyte.MinValue, sbyte.MaxValue), x => (sbyte)x),
            TensorElementType.UInt8 => Fill(shape, count, Integers(setting, value, numbers, byte.MinValue, byte.MaxValue), x => (byte)x),
            TensorElementType.Int16 => Fill(shape, count, Integers(setting, value, numbers, short.MinValue, short.MaxValue), x => (short)x),
            TensorElementType.UInt16 => Fill(shape, count, Integers(setting, value, numbers, ushort.MinValue, ushort.MaxValue), x => (ushort)x),
            TensorElementType.Int32 => Fill(shape, count, Integers(setting, value, numbers, int.MinValue, int.MaxValue), x => (int)x),
            TensorElementType.UInt32 => Fill(shape, count, Integers(setting, value, numbers, uint.MinValue, uint.MaxValue), x => (uint)x),
            TensorElementType.Int64 => Fill(shape, count, Integers(setting, value, numbers, long.MinValue, long.MaxValue), x => (long)x),
            TensorElementType.UInt64 => Fill(shape, count, Integers(setting, value, numbers, ulong.MinValue, ulong.MaxValue), x => (ulong)x),
            TensorElementType.Bool => Fill(shape, count, Truths(setting, value.Name, numbers), x => x != 0),
            TensorElementType.String => Strings(shape, count, setting?.Value, numbers),
            _ => throw Refused($"the input '{value.Name}' is of type {value.Type}, of which no values are made"),
        };
    }

    private static OrtValue Fill<TNumber, TElement>(long[] shape, long count, Func<TNumber> next, Func<TNumber, TElement> convert)
        where TElement : unmanaged
    {
        TElement[] elements = new TElement[count];
        for (long i = 0; i < count; i++)
            elements[i] = convert(next());
        return OrtValue.CreateTensorValueFromMemory(elements, shape);
    }

    private static Func<double> Reals(WorkerInput? setting, string name, SeededNumbers numbers)
    {
        if (setting?.Value is { } text)
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                throw Refused($"the policy gives the input '{name}' the value '{text}', and it takes numbers");
            return () => value;
        }

        if (setting is { Min: { } min, Max: { } max })
            return () => min + ((max - min) * numbers.NextUniform());
        return numbers.NextNormal;
    }

    private static Func<Int128> Integers(WorkerInput? setting, WorkerValue input, SeededNumbers numbers, Int128 least, Int128 most)
    {
        if (setting?.Value is { } text)
        {
            if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 value) || value < least || value > most)
                throw Refused($"the policy gives the input '{input.Name}' the value '{text}', and it takes whole numbers from {least} to {most}");
            return () => value;
        }

        if (setting is { Min: { } min, Max: { } max })
        {
            (double first, double last) = (Math.Ceiling(min), Math.Floor(max));
            if (first > last || first < (double)least || last > (double)most)
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"the policy gives the input '{input.Name}' values from {min} to {max}, and it takes whole numbers from {least} to {most}"));
            (Int128 from, UInt128 span) = ((Int128)first, (UInt128)((Int128)last - (Int128)first) + 1);
            return () => Int128.Clamp(from + (Int128)numbers.NextBelow(span), least, most);
        }

        // Images and quantized values use the whole range of their type. Wider integers are indices, positions or masks: what is valid nearly everywhere.
        if (most - least <= byte.MaxValue)
            return () => least + (Int128)numbers.NextBelow((UInt128)(most - least) + 1);
        return IsMask(input.Name) ? () => 1 : () => (Int128)numbers.NextBelow(2);
    }

    private static Func<int> Truths(WorkerInput? setting, string name, SeededNumbers numbers)
    {
        if (setting?.Value is { } text)
        {
            if (!bool.TryParse(text, out bool value))
                throw Refused($"the policy gives the input '{name}' the value '{text}', and it takes true or false");
            return () => value ? 1 : 0;
        }

        if (setting?.Min is not null)
            throw Refused($"the policy gives the input '{name}' a range, and it takes true or false");
        return IsMask(name) ? () => 1 : () => (int)numbers.NextBelow(2);
    }

    // What masks everything away makes nothing of something, which is no fault of the model.
    private static bool IsMask(string name) => name.Contains("mask", StringComparison.OrdinalIgnoreCase);

    private static OrtValue Strings(long[] shape, long count, string? value, SeededNumbers numbers)
    {
        OrtValue tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        Span<char> word = stackalloc char[5];
        for (int i = 0; i < count; i++)
        {
            foreach (ref char letter in word)
                letter = (char)('a' + (int)numbers.NextBelow(26));
            tensor.StringTensorSetElementAt(value is null ? word : value.AsSpan(), i);
        }

        return tensor;
    }

    private static WorkerException Refused(string message) => new(ExecutionFault.InputNotMade, message);
}
