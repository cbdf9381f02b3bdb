namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>What operators say about the axes of their inputs (https://onnx.ai/onnx/operators/).</summary>
internal static class OnnxOperatorUses
{
    /// <summary>How many inputs can matter.</summary>
    public const int MaxInputs = 6;

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
            case "Conv" or "ConvInteger" or "FusedConv":
                Use(1, TensorLayout.OutInKernel);
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
            if (index + 1 < inputs.Count && inputs[index].Length > 0 && inputs[index + 1].Length > 0)
                scope.Dequantize(new OnnxDequantization(inputs[index], inputs[index + 1], index + 2 < inputs.Count ? inputs[index + 2] : "", axis, attributes.BlockSize));
        }

        void Use(int index, TensorLayout layout)
        {
            if (index < inputs.Count && inputs[index].Length > 0)
                scope.Use(inputs[index], layout);
        }
    }

    /// <summary>True when <see cref="Note"/> has something to say about the operator.</summary>
    public static bool Matters(string opType) => opType is "Conv" or "ConvInteger" or "FusedConv" or "QLinearConv" or "QLinearMatMul" or "ConvTranspose" or "LSTM" or "GRU" or "RNN" or "Gather"
        or "Identity" or "Cast" or "DequantizeLinear";
}

/// <summary>The integer attributes that <see cref="OnnxOperatorUses"/> looks at.</summary>
/// <param name="Axis">The attribute <c>axis</c>, null when it is not given.</param>
/// <param name="BlockSize">The attribute <c>block_size</c>, 0 when it is not given.</param>
internal readonly record struct OnnxNodeAttributes(long? Axis, long BlockSize);
