namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>The field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that hold weights or lead to them.</summary>
internal static class OnnxFields
{
    /// <summary>ModelProto.</summary>
    public const int ModelIrVersion = 1, ModelGraph = 7, ModelOpsetImport = 8, ModelTrainingInfo = 20, ModelFunctions = 25;

    /// <summary>GraphProto.</summary>
    public const int GraphNode = 1, GraphInitializer = 5, GraphSparseInitializer = 15;

    /// <summary>NodeProto.</summary>
    public const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOpType = 4, NodeAttribute = 5;

    /// <summary>AttributeProto.</summary>
    public const int AttributeName = 1, AttributeFloat = 2, AttributeInt = 3, AttributeTensor = 5, AttributeGraph = 6, AttributeFloats = 7, AttributeTensors = 10,
        AttributeGraphs = 11, AttributeSparseTensor = 22, AttributeSparseTensors = 23;

    /// <summary>TensorProto.</summary>
    public const int TensorDims = 1, TensorDataType = 2, TensorSegment = 3, FloatData = 4, Int32Data = 5, StringData = 6, Int64Data = 7, TensorName = 8, RawData = 9,
        DoubleData = 10, Uint64Data = 11, TensorExternalData = 13, TensorDataLocation = 14;

    /// <summary>SparseTensorProto.</summary>
    public const int SparseValues = 1, SparseIndices = 2, SparseDims = 3;

    /// <summary>FunctionProto.</summary>
    public const int FunctionName = 1, FunctionNode = 7, FunctionDomain = 10, FunctionAttributeDefault = 11;

    /// <summary>TrainingInfoProto.</summary>
    public const int TrainingInitialization = 1, TrainingAlgorithm = 2;

    /// <summary>StringStringEntryProto.</summary>
    public const int EntryKey = 1, EntryValue = 2;
}
