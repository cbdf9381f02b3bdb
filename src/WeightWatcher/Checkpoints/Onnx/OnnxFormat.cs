using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// ONNX models (https://github.com/onnx/onnx/blob/main/docs/IR.md): one protobuf <c>ModelProto</c>, and the files beside it that hold its larger tensors.
/// </summary>
/// <remarks>
/// An initializer keeps its name. What a Constant node holds is named <c>const:</c> and the node's output; what lies in the body of a node has before its name the node's name (its operator
/// and place where it has none), the attribute's name, and so on inwards: <c>If_0/else_branch/const:decoder.weight</c>.
/// </remarks>
internal sealed class OnnxFormat : ICheckpointFormat
{
    /// <summary>From this version of the format on, a model must say which operator sets it uses.</summary>
    private const ulong FirstVersionWithOpsets = 3;

    /// <inheritdoc/>
    public string Name => "onnx";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file) => OnnxRecognition.IsModel(file);

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        OnnxExternalData external = new(file, limits, cancellationToken);
        try
        {
            WireReader reader = new(file, limits, cancellationToken);
            OnnxGraphReader graphs = new(reader, new OnnxTensorFactory(reader, external));
            ReadModel(reader, graphs);
            graphs.Complete();
            ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>();
            ImmutableArray<UnreadableTensor>.Builder unreadable = ImmutableArray.CreateBuilder<UnreadableTensor>();
            ReadMeter meter = new(ReadLimits.ForSize(file.Length + external.Files.Sum(other => other.Length)), cancellationToken);
            foreach (OnnxTensorDraft draft in graphs.Drafts)
                draft.AddTo(tensors, unreadable, meter);
            return new Checkpoint
            {
                Format = Name,
                Tensors = tensors.DrainToImmutable(),
                Unreadable = unreadable.DrainToImmutable(),
                Files = [file, .. external.Files],
                Notes = [.. external.Notes],
            };
        }
        catch
        {
            external.Close();
            throw;
        }
    }

    private static void ReadModel(WireReader reader, OnnxGraphReader graphs)
    {
        ulong? version = null;
        bool hasGraph = false;
        bool hasOpset = false;
        int training = 0;
        long end = reader.Source.Length;
        for (long position = 0; position < end;)
        {
            WireField field = reader.ReadField(ref position, end);
            switch (field.Number)
            {
                case OnnxFields.ModelIrVersion:
                    WireReader.Expect(field, WireType.Varint, "the model's ir_version");
                    version = field.Value;
                    break;
                case OnnxFields.ModelGraph:
                    if (hasGraph)
                        throw WireReader.Malformed($"the model has two graphs", field.Start);
                    hasGraph = true;
                    graphs.ReadGraph(field, "", null, 1);
                    break;
                case OnnxFields.ModelOpsetImport:
                    hasOpset = true;
                    break;
                case OnnxFields.ModelFunctions:
                    graphs.ReadFunction(field, 1);
                    break;
                case OnnxFields.ModelTrainingInfo:
                    ReadTraining(reader, graphs, field, training++);
                    break;
            }
        }

        if (!hasGraph)
            throw new ArtifactException(ArtifactCodes.Truncated, "the model has no graph: the file was cut off before it") { Offset = end };
        if (version >= FirstVersionWithOpsets && !hasOpset)
            throw new ArtifactException(ArtifactCodes.Truncated, "the model does not say which operator sets it uses: the file was cut off behind its graph") { Offset = end };
    }

    /// <summary>The graphs of training information hold what an optimizer needs, never layers.</summary>
    private static void ReadTraining(WireReader reader, OnnxGraphReader graphs, WireField message, int index)
    {
        WireReader.Expect(message, WireType.Length, "the model's training_info");
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            if (field.Number is OnnxFields.TrainingInitialization or OnnxFields.TrainingAlgorithm)
            {
                string part = field.Number == OnnxFields.TrainingInitialization ? "initialization" : "algorithm";
                graphs.ReadGraph(field, FormattableString.Invariant($"training_{index}/{part}/"), null, 2, isOptimizerState: true);
            }
        }
    }
}
