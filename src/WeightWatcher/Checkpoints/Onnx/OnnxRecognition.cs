using System.Text;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// Tells an ONNX model by its first fields. Protobuf has no signature, so that a <c>ModelProto</c> must look like one: a small <c>ir_version</c>, producer fields that are
/// printable text, and a graph whose own first field can be one of a graph's.
/// </summary>
internal static class OnnxRecognition
{
    private const ulong LargestIrVersion = 1000;
    private const int MaxFields = 64;
    private const int MaxTextBytes = 1024;
    private const int ProducerName = 2, ProducerVersion = 3, Domain = 4, ModelVersion = 5, DocString = 6, MetadataProps = 14, Configuration = 26;

    /// <summary>True when the file begins as an ONNX model does; it may be cut off or damaged further on.</summary>
    public static bool IsModel(ByteSource file)
    {
        // The version comes first in what every serializer writes: key 1, varint.
        if (file.Length < 4)
            return false;
        WireReader reader = new(file, ReadLimits.ForSize(file.Length), CancellationToken.None);
        bool hasVersion = false;
        bool hasEvidence = false;
        long position = 0;
        try
        {
            for (int i = 0; i < MaxFields && position < file.Length; i++)
            {
                WireField field;
                try
                {
                    field = Peek(reader, ref position, file.Length);
                }
                catch (ArtifactException)
                {
                    return hasVersion && hasEvidence;
                }

                switch (field.Number)
                {
                    case OnnxFields.ModelIrVersion when field.Type == WireType.Varint && field.Value is > 0 and <= LargestIrVersion:
                        hasVersion = true;
                        break;
                    case ModelVersion when field.Type == WireType.Varint:
                        break;
                    case ProducerName or ProducerVersion or Domain or DocString when field.Type == WireType.Length:
                        if (!IsText(file, field))
                            return false;
                        hasEvidence |= field.Length > 0;
                        break;
                    case OnnxFields.ModelGraph when field.Type == WireType.Length:
                        if (hasVersion)
                            return IsGraph(reader, field, file.Length);
                        hasEvidence = IsGraph(reader, field, file.Length);
                        break;
                    case OnnxFields.ModelOpsetImport or MetadataProps or OnnxFields.ModelTrainingInfo or OnnxFields.ModelFunctions or Configuration when field.Type == WireType.Length:
                        hasEvidence |= field.Number == OnnxFields.ModelOpsetImport && IsOpset(reader, field, file.Length);
                        break;
                    default:
                        return false;
                }
            }
        }
        catch (ArtifactException)
        {
            return false;
        }

        return hasVersion && hasEvidence;
    }

    /// <summary>Reads a field whose value may go on beyond the end of a truncated file.</summary>
    private static WireField Peek(WireReader reader, ref long position, long end)
    {
        long at = position;
        ulong key = reader.ReadVarint(ref at, end);
        if ((WireType)(key & 7) != WireType.Length)
            return reader.ReadField(ref position, end);
        ulong length = reader.ReadVarint(ref at, end);
        long inFile = (long)Math.Min(length, (ulong)(end - at));
        position = at + inFile;
        return new WireField((int)Math.Min(key >> 3, int.MaxValue), WireType.Length, 0, at, inFile);
    }

    private static bool IsText(ByteSource file, WireField field)
    {
        byte[] bytes = new byte[(int)Math.Min(field.Length, MaxTextBytes)];
        file.Read(field.Start, bytes);
        string text = Encoding.UTF8.GetString(bytes);
        bool mayHaveLines = field.Number == DocString;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && !(mayHaveLines && (text[i] is '\n' or '\r' or '\t')))
                return false;
            // Only the last character may be broken, by the cut of the block that was read.
            if (text[i] == '\ufffd' && i < text.Length - 3)
                return false;
        }

        return true;
    }

    private static bool IsGraph(WireReader reader, WireField graph, long fileEnd)
    {
        if (graph.Length < 2)
            return true;
        long position = graph.Start;
        WireField first = Peek(reader, ref position, Math.Min(graph.End, fileEnd));
        return first.Type == WireType.Length && first.Number is 1 or 2 or 5 or 10 or 11 or 12 or 13 or 14 or 15 or 16;
    }

    private static bool IsOpset(WireReader reader, WireField opset, long fileEnd)
    {
        if (opset.Length == 0)
            return false;
        long position = opset.Start;
        WireField first = Peek(reader, ref position, Math.Min(opset.End, fileEnd));
        return first is { Number: 1, Type: WireType.Length } or { Number: 2, Type: WireType.Varint };
    }
}
