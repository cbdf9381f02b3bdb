namespace WeightWatcher.Checkpoints;

/// <summary>What the source says about the meaning of a tensor's axes, where it says anything.</summary>
public enum TensorLayout
{
    /// <summary>Unknown: the shape and the name are all there is. Convolution kernels are then taken as (out, in, kernel...).</summary>
    Unspecified,

    /// <summary>(out, in, kernel...), as PyTorch and ONNX Conv store it.</summary>
    OutInKernel,

    /// <summary>(kernel..., in, out), as Keras and TensorFlow store it.</summary>
    KernelInOut,

    /// <summary>(in, out, kernel...), as PyTorch and ONNX ConvTranspose store it.</summary>
    InOutKernel,

    /// <summary>(directions, gates x hidden, input), as ONNX LSTM, GRU and RNN store it.</summary>
    DirectionsGatesInput,

    /// <summary>A look-up table (entries, width).</summary>
    Embedding,
}
