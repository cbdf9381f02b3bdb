using System.Collections.Frozen;
using WeightWatcher.Checkpoints.PyTorch.Pickles;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>What an object in a pickle stands for, told by the name of what Python would call to make it.</summary>
internal enum TorchCall
{
    /// <summary>Unknown: kept closed, its parts looked through for tensors.</summary>
    Opaque,

    /// <summary>A strided tensor on a storage.</summary>
    Tensor,

    /// <summary>A quantized tensor on a storage.</summary>
    QuantizedTensor,

    /// <summary>Something around its first argument: a parameter, a variable, a typed list.</summary>
    Wrapper,

    /// <summary>A tensor of a subclass: a function and its arguments are the second and fourth parts of the call.</summary>
    Subclass,

    /// <summary>A tensor without strided elements; <see cref="TorchCalls.Unreadable"/> says why.</summary>
    Unreadable,

    /// <summary>A NumPy array.</summary>
    NumpyArray,
}

/// <summary>The names of the calls that PyTorch writes (torch/_utils.py, torch/_tensor.py, torch/jit/_pickle.py).</summary>
internal static class TorchCalls
{
    private static readonly FrozenDictionary<string, TorchCall> Known = new Dictionary<string, TorchCall>(StringComparer.Ordinal)
    {
        ["torch._utils._rebuild_tensor"] = TorchCall.Tensor,
        ["torch._utils._rebuild_tensor_v2"] = TorchCall.Tensor,
        ["torch._utils._rebuild_tensor_v3"] = TorchCall.Tensor,
        ["torch._utils._rebuild_qtensor"] = TorchCall.QuantizedTensor,
        ["torch._utils._rebuild_parameter"] = TorchCall.Wrapper,
        ["torch._utils._rebuild_parameter_with_state"] = TorchCall.Wrapper,
        ["torch._utils._rebuild_device_tensor_from_cpu_tensor"] = TorchCall.Wrapper,
        ["torch.nn.parameter.Parameter"] = TorchCall.Wrapper,
        ["torch.nn.parameter.Buffer"] = TorchCall.Wrapper,
        ["torch.nn.Parameter"] = TorchCall.Wrapper,
        ["torch.autograd.variable.Variable"] = TorchCall.Wrapper,
        ["torch.jit._pickle.restore_type_tag"] = TorchCall.Wrapper,
        ["torch.jit._pickle.build_tensorlist"] = TorchCall.Wrapper,
        ["torch._tensor._rebuild_from_type"] = TorchCall.Subclass,
        ["torch._tensor._rebuild_from_type_v2"] = TorchCall.Subclass,
        ["torch.tensor._rebuild_from_type"] = TorchCall.Subclass,
        ["torch._utils._rebuild_sparse_tensor"] = TorchCall.Unreadable,
        ["torch._utils._rebuild_sparse_csr_tensor"] = TorchCall.Unreadable,
        ["torch._utils._rebuild_meta_tensor_no_storage"] = TorchCall.Unreadable,
        ["torch._utils._rebuild_nested_tensor"] = TorchCall.Unreadable,
        ["torch._utils._rebuild_wrapper_subclass"] = TorchCall.Unreadable,
        ["torch._utils._rebuild_xla_tensor"] = TorchCall.Unreadable,
        ["torch._utils._rebuild_device_tensor_from_numpy"] = TorchCall.Unreadable,
        ["numpy.core.multiarray._reconstruct"] = TorchCall.NumpyArray,
        ["numpy._core.multiarray._reconstruct"] = TorchCall.NumpyArray,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What an object stands for.</summary>
    public static TorchCall Of(PickleObject value) => value.Callee is PickleGlobal global ? Known.GetValueOrDefault($"{global.Module}.{global.Name}") : TorchCall.Opaque;

    /// <summary>Why a tensor of <see cref="TorchCall.Unreadable"/> has no elements that could be read.</summary>
    public static string Unreadable(PickleObject value) => ((PickleGlobal)value.Callee).Name switch
    {
        "_rebuild_sparse_tensor" or "_rebuild_sparse_csr_tensor" => "sparse",
        "_rebuild_meta_tensor_no_storage" => "on the meta device: the file holds no elements",
        "_rebuild_nested_tensor" => "nested: its rows have different lengths",
        "_rebuild_wrapper_subclass" => "a wrapper without elements of its own",
        _ => "kept as a NumPy array of another device",
    };

    /// <summary>An argument of a call, or null when there are fewer.</summary>
    public static PickleValue? Argument(PickleObject value, int index) =>
        value.Arguments is PickleSequence arguments && index < arguments.Items.Count ? arguments.Items[index] : null;
}
