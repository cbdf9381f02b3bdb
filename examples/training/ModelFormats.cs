namespace Training;

/// <summary>The checkpoint formats this program writes.</summary>
internal enum ModelFormat
{
    Onnx,
    Safetensors,
}

/// <summary>The names of the formats, which are also the files' extensions, and their writers.</summary>
internal static class ModelFormats
{
    public static ModelFormat? Find(string name) => name switch
    {
        "onnx" => ModelFormat.Onnx,
        "safetensors" => ModelFormat.Safetensors,
        _ => null,
    };

    public static string Extension(this ModelFormat format) => format == ModelFormat.Onnx ? ".onnx" : ".safetensors";

    public static byte[] Write(this ModelFormat format, TrainedModel model) => format == ModelFormat.Onnx ? model.ToOnnx() : model.ToSafetensors();
}
