namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>What operators say about the axes of their inputs (https://onnx.ai/onnx/operators/).</summary>
internal static class OnnxOperatorUses
{
    /// <summary>How many inputs can matter.</summary>
    public const int MaxInputs = 12;

    /// <summary>Notes what one node says.</summary>
    /// <param name="scope">The graph's values.</param>
    /// <param name="opType">The operator.</param>
    /// <param name="inputs">The names of the first inputs; empty for one that is left out.</param>
    /// <param name="output">The name of the first output, or null.</param>
    /// <param name="attributes">The attributes that matter here.</param>
    public static void Note(OnnxScope scope, string opType, IReadOnlyList<string> inputs, string? output, OnnxNodeAttributes attributes)
    {
        switch (opType)
        {
            case "Conv" or "FusedConv":
                Use(1, TensorLayout.OutInKernel);
                break;
            case "ConvInteger":
                Use(1, TensorLayout.OutInKernel);
                MultiplyIntegers(0);
                break;
            case "MatMulInteger":
                MultiplyIntegers(-1);
                break;
            case "Mul" when inputs.Count == 2 && output is not null:
                scope.Multiply(inputs[0], inputs[1], output);
                break;
            case "MatMulIntegerToFloat":
                Scaled(1, 3, 5, -1);
                break;
            case "DynamicQuantizeMatMul":
                Scaled(1, 2, 3, -1);
                break;
            case "QGemm":
                Scaled(3, 4, 5, attributes.TransposesB ? 0 : 1);
                break;
            case "QAttention":
                Scaled(1, 4, 7, -1);
                break;
            case "DynamicQuantizeLSTM":
                Use(1, TensorLayout.DirectionsGatesInput);
                Use(2, TensorLayout.DirectionsGatesInput);
                Scaled(1, 8, 9, -1);
                Scaled(2, 10, 11, -1);
                break;
            case "MatMulNBits" when attributes is { K: > 0, N: > 0 }:
                Blocks(1, 2, 3, 1, attributes.BlockSize, new OnnxPacking(attributes.Bits ?? 4, attributes.N, attributes.K));
                break;
            case "GatherBlockQuantized":
                Blocks(0, 2, 3, attributes.QuantizeAxis ?? 1, attributes.BlockSize == 0 ? 128 : attributes.BlockSize, new OnnxPacking(attributes.Bits ?? 4, 0, 0));
                Use(0, TensorLayout.Embedding);
                break;
            case "QLinearConv":
                Use(3, TensorLayout.OutInKernel);
                Dequantize(3, 0);
                break;
            case "QLinearMatMul":
                Dequantize(3, -1);
                break;
            case "ConvTranspose":
                Use(1, TensorLayout.InOutKernel);
                break;
            case "LSTM" or "GRU" or "RNN":
                Use(1, TensorLayout.DirectionsGatesInput);
                Use(2, TensorLayout.DirectionsGatesInput);
                break;
            case "Gather" when attributes.Axis is null or 0:
                Use(0, TensorLayout.Embedding);
                break;
            case "DequantizeLinear":
                Dequantize(0, attributes.Axis ?? 1);
                HandOn();
                break;
            case "Identity" or "Cast":
                HandOn();
                break;
        }

        void HandOn()
        {
            if (inputs.Count > 0 && output is not null)
                scope.Alias(output, inputs[0]);
        }

        void Dequantize(int index, long axis)
        {
            if (Input(index).Length > 0 && Input(index + 1).Length > 0)
                scope.Dequantize(new OnnxDequantization(inputs[index], inputs[index + 1], Input(index + 2), axis, attributes.BlockSize));
        }

        void Scaled(int codes, int scale, int zeroPoint, long axis)
        {
            if (Input(codes).Length > 0 && Input(scale).Length > 0)
                scope.Dequantize(new OnnxDequantization(inputs[codes], inputs[scale], Input(zeroPoint), axis, 0));
        }

        void Blocks(int codes, int scale, int zeroPoint, long axis, long blockSize, OnnxPacking packing)
        {
            if (Input(codes).Length > 0 && Input(scale).Length > 0)
                scope.Dequantize(new OnnxDequantization(inputs[codes], inputs[scale], Input(zeroPoint), axis, blockSize) { Packing = packing });
        }

        void MultiplyIntegers(long axis)
        {
            if (Input(1).Length > 0 && output is not null)
                scope.MultiplyIntegers(new OnnxIntegerProduct(inputs[1], Input(3), output, axis));
        }

        string Input(int index) => index < inputs.Count ? inputs[index] : "";

        void Use(int index, TensorLayout layout)
        {
            if (index < inputs.Count && inputs[index].Length > 0)
                scope.Use(inputs[index], layout);
        }
    }

    /// <summary>True when <see cref="Note"/> has something to say about the operator.</summary>
    public static bool Matters(string opType) => opType is "Conv" or "ConvInteger" or "FusedConv" or "QLinearConv" or "QLinearMatMul" or "ConvTranspose" or "LSTM" or "GRU" or "RNN" or "Gather"
        or "Identity" or "Cast" or "DequantizeLinear" or "MatMulInteger" or "Mul" or "MatMulIntegerToFloat" or "DynamicQuantizeMatMul" or "QGemm" or "QAttention" or "DynamicQuantizeLSTM" or "MatMulNBits" or "GatherBlockQuantized";
}

/// <summary>The integer attributes that <see cref="OnnxOperatorUses"/> looks at.</summary>
/// <param name="Axis">The attribute <c>axis</c>, null when it is not given.</param>
/// <param name="BlockSize">The attribute <c>block_size</c>, 0 when it is not given.</param>
internal readonly record struct OnnxNodeAttributes(long? Axis, long BlockSize)
{
    /// <summary>The attribute <c>bits</c>, null when it is not given.</summary>
    public long? Bits { get; init; }

    /// <summary>The attribute <c>K</c>, 0 when it is not given.</summary>
    public long K { get; init; }

    /// <summary>The attribute <c>N</c>, 0 when it is not given.</summary>
    public long N { get; init; }

    /// <summary>The attribute <c>quantize_axis</c>, null when it is not given.</summary>
    public long? QuantizeAxis { get; init; }

    /// <summary>Whether the attribute <c>transB</c> is set.</summary>
    public bool TransposesB { get; init; }
}
