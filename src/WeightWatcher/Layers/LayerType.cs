namespace WeightWatcher.Layers;

/// <summary>What kind of layer a weight belongs to.</summary>
internal enum LayerType
{
    /// <summary>A matrix that maps inputs to outputs.</summary>
    Dense,

    /// <summary>A convolution over one axis.</summary>
    Conv1D,

    /// <summary>A convolution over two axes.</summary>
    Conv2D,

    /// <summary>A convolution over three axes.</summary>
    Conv3D,

    /// <summary>A look-up table.</summary>
    Embedding,

    /// <summary>The stacked gate matrices of a recurrent cell.</summary>
    Recurrent,

    /// <summary>The stacked query, key and value projections of an attention block.</summary>
    Attention,

    /// <summary>All layers below each other.</summary>
    Stacked,
}

/// <summary>The names of layer types in reports.</summary>
internal static class LayerTypeNames
{
    /// <summary>The name as reports write it, in lower case.</summary>
    public static string ToReportName(this LayerType type) => type switch
    {
        LayerType.Conv1D => "conv1d",
        LayerType.Conv2D => "conv2d",
        LayerType.Conv3D => "conv3d",
        LayerType.Embedding => "embedding",
        LayerType.Recurrent => "recurrent",
        LayerType.Attention => "attention",
        LayerType.Stacked => "stacked",
        _ => "dense",
    };
}
