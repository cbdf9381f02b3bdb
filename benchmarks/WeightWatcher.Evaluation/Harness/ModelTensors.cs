using System.Collections.Immutable;
using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>One tensor of a model in memory.</summary>
internal sealed record ModelTensor(string Name, ImmutableArray<long> Shape, float[] Values)
{
    /// <summary>Whether it is one of the weights that the analysis looks at, and so can be damaged to effect.</summary>
    public bool IsLayer { get; init; }

    /// <summary>The first axis: units or output channels.</summary>
    public int Rows => (int)Shape[0];

    /// <summary>The weights of one unit.</summary>
    public int Columns => Values.Length / Rows;
}

/// <summary>The floating-point tensors of an artifact, as they would be saved by PyTorch.</summary>
internal sealed record ModelTensors(ImmutableArray<ModelTensor> Tensors)
{
    /// <summary>Reads any artifact that the library reads.</summary>
    public static ModelTensors Read(string path)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path, CancellationToken.None);
        HashSet<string> layers = [.. LayerMapper.Map(checkpoint, AnalysisOptions.Default).Layers.Select(l => l.Tensor.Name)];
        ImmutableArray<ModelTensor>.Builder tensors = ImmutableArray.CreateBuilder<ModelTensor>();
        foreach (Tensor tensor in checkpoint.Tensors.Where(t => t.IsFloatingPoint && !t.IsOptimizerState))
        {
            double[] values = new double[tensor.Count];
            tensor.Read(0, values);
            ModelTensor read = new(tensor.Name, tensor.Shape, [.. values.Select(v => (float)v)]) { IsLayer = layers.Contains(tensor.Name) };
            tensors.Add(tensor.Layout == TensorLayout.KernelInOut && tensor.Shape.Length == 4 ? OutputsFirst(read) : read);
        }

        return new ModelTensors(tensors.ToImmutable());
    }

    /// <summary>The tensors with those of layers replaced.</summary>
    public ModelTensors ReplaceLayers(Func<ModelTensor, int, ModelTensor?> replace)
    {
        int layer = 0;
        return new ModelTensors([.. Tensors.Select(t => t.IsLayer ? replace(t, layer++) : t).OfType<ModelTensor>()]);
    }

    /// <summary>The number of tensors that are layers.</summary>
    public int LayerCount => Tensors.Count(t => t.IsLayer);

    private static ModelTensor OutputsFirst(ModelTensor kernel)
    {
        (int h, int w, int inputs, int outputs) = ((int)kernel.Shape[0], (int)kernel.Shape[1], (int)kernel.Shape[2], (int)kernel.Shape[3]);
        float[] values = new float[kernel.Values.Length];
        for (int k = 0; k < h * w; k++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int o = 0; o < outputs; o++)
                    values[(((o * inputs) + i) * h * w) + k] = kernel.Values[(((k * inputs) + i) * outputs) + o];
            }
        }

        return kernel with { Shape = [outputs, inputs, h, w], Values = values };
    }
}
