using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>Along which axis 32-bit words hold the codes of a linear layer of K inputs and N outputs.</summary>
internal enum GroupPacking
{
    /// <summary>GPTQ: words [K x bits / 32, N], a stream of bits down each column, low bits first.</summary>
    AlongInputs,

    /// <summary>AWQ: words [K, N x bits / 32]; the eight codes of a word are outputs 0, 2, 4, 6, 1, 3, 5, 7 of the eight, low bits first.</summary>
    AlongOutputs,
}

/// <summary>
/// A linear layer whose inputs are quantized in groups, read as the weight [outputs, inputs] that it stands for: scale x (code - zero point), with a scale and a
/// zero point for each group of inputs and each output. GPTQ (https://arxiv.org/abs/2210.17323) and AWQ (https://arxiv.org/abs/2306.00978) as their checkpoints store them.
/// </summary>
internal sealed class GroupQuantizedTensor : RowTensor
{
    /// <summary>Inputs whose codes fill whole words, whatever their bits.</summary>
    private const int InputsAtOnce = 32;

    private readonly Tensor _words;
    private readonly Tensor _scales;
    private readonly Tensor _zeroWords;
    private readonly GroupIndex? _groupOfInput;
    private readonly int _bits;
    private readonly int _groups;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly GroupPacking _packing;
    private readonly int _zeroOffset;
    private int[]? _runs;

    /// <summary>Describes a layer; the caller has checked that all shapes fit.</summary>
    /// <param name="name">The full name of the weight.</param>
    /// <param name="words">The packed codes.</param>
    /// <param name="scales">[groups, outputs].</param>
    /// <param name="zeroWords">The packed zero points, [groups, outputs x bits / 32].</param>
    /// <param name="groupOfInput">The group of each input, or null when groups are runs of inputs.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="inputs">K.</param>
    /// <param name="packing">The order of the codes.</param>
    /// <param name="zeroOffset">What is added to a stored zero point, within the codes' range: 1 where checkpoints store it less one.</param>
    [SetsRequiredMembers]
    public GroupQuantizedTensor(
        string name, Tensor words, Tensor scales, Tensor zeroWords, Tensor? groupOfInput, int bits, int inputs, GroupPacking packing, int zeroOffset)
    {
        Name = name;
        _outputs = (int)scales.Shape[1];
        _inputs = inputs;
        Shape = [_outputs, inputs];
        Count = (long)_outputs * inputs;
        ElementType = ElementType.Other;
        ElementTypeName = packing == GroupPacking.AlongInputs ? "GPTQ" : "AWQ";
        _words = words;
        _scales = scales;
        _zeroWords = zeroWords;
        _bits = bits;
        _groups = (int)scales.Shape[0];
        _groupOfInput = groupOfInput is null ? null : new GroupIndex(groupOfInput, _groups, mayBeUnset: false);
        _packing = packing;
        _zeroOffset = zeroOffset;
    }

    /// <summary>One step of the codes relative to their range.</summary>
    public override double StoredEpsilon => Math.ScaleB(1, 1 - _bits);

    /// <inheritdoc/>
    protected override void ReadBox(long row, int rows, long column, int columns, Span<double> destination)
    {
        int first = (int)row;
        ReadOnlySpan<int> groups = _groupOfInput is null ? Runs() : _groupOfInput.Read();
        double[] scales = new double[_groups * rows];
        double[] zeros = new double[_groups * rows];
        ReadGroups(first, rows, scales, zeros);
        uint[] codes = new uint[InputsAtOnce * rows];
        int from = (int)column;
        int to = from + columns;
        for (int start = from / InputsAtOnce * InputsAtOnce; start < to; start += InputsAtOnce)
        {
            int begin = Math.Max(start, from);
            int end = Math.Min(start + InputsAtOnce, to);
            if (_packing == GroupPacking.AlongInputs)
                ReadDown(start, first, rows, codes);
            else
                ReadAcross(begin, end, start, first, rows, codes);
            for (int input = begin; input < end; input++)
            {
                int group = groups[input] * rows;
                for (int i = 0; i < rows; i++)
                    destination[(i * columns) + input - from] = scales[group + i] * (codes[((input - start) * rows) + i] - zeros[group + i]);
            }
        }
    }

    /// <summary>The codes of 32 inputs and some outputs, from words that hold a column's codes.</summary>
    private void ReadDown(int start, int first, int rows, uint[] codes)
    {
        double[] line = new double[rows];
        uint[] words = new uint[_bits * rows];
        for (int w = 0; w < _bits; w++)
        {
            _words.Read((((long)start / InputsAtOnce * _bits) + w) * _outputs + first, line);
            for (int i = 0; i < rows; i++)
                words[(w * rows) + i] = Word(line[i]);
        }

        uint mask = (1u << _bits) - 1;
        for (int k = 0; k < InputsAtOnce; k++)
        {
            (int w, int shift) = Math.DivRem(k * _bits, 32);
            for (int i = 0; i < rows; i++)
            {
                uint code = words[(w * rows) + i] >> shift;
                if (shift + _bits > 32)
                    code |= words[((w + 1) * rows) + i] << (32 - shift);
                codes[(k * rows) + i] = code & mask;
            }
        }
    }

    /// <summary>The codes of inputs <paramref name="begin"/> to <paramref name="end"/>, from words that hold codes of neighbouring outputs.</summary>
    private void ReadAcross(int begin, int end, int start, int first, int rows, uint[] codes)
    {
        for (int input = begin; input < end; input++)
            ReadLine(_words, input, first, codes.AsSpan((input - start) * rows, rows));
    }

    private void ReadGroups(int first, int rows, double[] scales, double[] zeros)
    {
        uint[] codes = new uint[rows];
        uint mask = (1u << _bits) - 1;
        for (int group = 0; group < _groups; group++)
        {
            _scales.Read(((long)group * _outputs) + first, scales.AsSpan(group * rows, rows));
            ReadLine(_zeroWords, group, first, codes);
            for (int i = 0; i < rows; i++)
                zeros[(group * rows) + i] = (codes[i] + (uint)_zeroOffset) & mask;
        }
    }

    /// <summary>Codes of neighbouring outputs out of one row of words.</summary>
    private void ReadLine(Tensor tensor, int row, int first, Span<uint> codes)
    {
        int perRow = (int)tensor.Shape[1];
        // Eight outputs at a time, so that the codes of one word of AWQ are together.
        int start = first / 8 * 8;
        int end = Math.Min((first + codes.Length + 7) / 8 * 8, _outputs);
        int firstWord = (int)((long)start * _bits / 32);
        int count = (int)((((long)end * _bits) + 31) / 32) - firstWord;
        double[] words = new double[count];
        tensor.Read(((long)row * perRow) + firstWord, words);
        uint mask = (1u << _bits) - 1;
        for (int i = 0; i < codes.Length; i++)
        {
            int output = first + i;
            int place = _packing == GroupPacking.AlongInputs ? output : output - (output % 8) + PlaceInWord(output % 8);
            long bit = (long)place * _bits;
            int word = (int)(bit / 32) - firstWord;
            int shift = (int)(bit % 32);
            uint code = Word(words[word]) >> shift;
            if (shift + _bits > 32)
                code |= Word(words[word + 1]) << (32 - shift);
            codes[i] = code & mask;
        }
    }

    /// <summary>Where the output with this number of eight lies in a word: even ones first.</summary>
    private static int PlaceInWord(int output) => output % 2 == 0 ? output / 2 : 4 + (output / 2);

    private static uint Word(double value) => (uint)(long)value;

    private int[] Runs()
    {
        int length = (_inputs + _groups - 1) / _groups;
        return _runs ??= [.. Enumerable.Range(0, _inputs).Select(i => i / length)];
    }
}
