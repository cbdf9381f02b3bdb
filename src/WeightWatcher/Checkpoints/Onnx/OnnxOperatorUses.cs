namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>What operators say about the axes of their inputs (https://onnx.ai/onnx/operators/).</summary>
internal static class OnnxOperatorUses
{
    /// <summary>How many inputs can matter.</summary>
    public const int MaxInputs = 4;

    /// <summary>Notes what one node says.</summary>
    /// <param name="scope">The graph's values.</param>
    /// <param name="opType">The operator.</param>
    /// <param name="inputs">The names of the first inputs; empty for one that is left out.</param>
    /// <param name="output">The name of the first output, or null.</param>
    /// <param name="axis">The attribute <c>axis</c>, 0 when it is not given.</param>
    public static void Note(OnnxScope scope, string opType, IReadOnlyList<string> inputs, string? output, long axis)
    {
        switch (opType)
        {
            case "Conv" or "ConvInteger" or "FusedConv":
                Use(1, TensorLayout.OutInKernel);
                break;
            case "QLinearConv":
                Use(3, TensorLayout.OutInKernel);
                break;
            case "ConvTranspose":
                Use(1, TensorLayout.InOutKernel);
                break;
            case "LSTM" or "GRU" or "RNN":
                Use(1, TensorLayout.DirectionsGatesInput);
                Use(2, TensorLayout.DirectionsGatesInput);
                break;
            case "Gather" when axis == 0:
                Use(0, TensorLayout.Embedding);
                break;
            case "Identity" or "Cast" or "DequantizeLinear" when inputs.Count > 0 && output is not null:
                scope.Alias(output, inputs[0]);
                break;
        }

        void Use(int index, TensorLayout layout)
        {
            if (index < inputs.Count && inputs[index].Length > 0)
                scope.Use(inputs[index], layout);
        }
    }

    /// <summary>True when <see cref="Note"/> has something to say about the operator.</summary>
    public static bool Matters(string opType) => opType is "Conv" or "ConvInteger" or "FusedConv" or "QLinearConv" or "ConvTranspose" or "LSTM" or "GRU" or "RNN" or "Gather"
        or "Identity" or "Cast" or "DequantizeLinear";
}
