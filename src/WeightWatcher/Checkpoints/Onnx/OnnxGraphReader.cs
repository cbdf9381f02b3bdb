using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// Finds the tensors of graphs, wherever they hide: initializers, the attributes of Constant and other nodes, the bodies of If, Loop and Scan, and functions.
/// </summary>
internal sealed class OnnxGraphReader(WireReader reader, OnnxTensorFactory factory)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<OnnxTensorDraft> _drafts = [];
    private readonly List<OnnxScope> _quantized = [];

    /// <summary>The tensors so far, in the order of the file.</summary>
    public IReadOnlyList<OnnxTensorDraft> Drafts => _drafts;

    /// <summary>Reads a <c>GraphProto</c> and everything in it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="path">What the names of its tensors begin with: empty, or ending in a slash.</param>
    /// <param name="outer">The graph around it, or null.</param>
    /// <param name="depth">How many messages lie around it.</param>
    /// <param name="isOptimizerState">True inside training information.</param>
    public void ReadGraph(WireField message, string path, OnnxScope? outer, int depth, bool isOptimizerState = false)
    {
        RequireDepth(message, depth);
        OnnxScope scope = new(outer);
        Context context = new(path, scope, depth + 1, isOptimizerState);
        int node = 0;
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            switch (field.Number)
            {
                case OnnxFields.GraphNode:
                    ReadNode(field, context, node++);
                    break;
                case OnnxFields.GraphInitializer:
                    ReadInitializer(field, context);
                    break;
                case OnnxFields.GraphSparseInitializer:
                    ReadSparse(field, context, null);
                    break;
            }
        }

        Resolve(scope);
    }

    /// <summary>Reads a <c>FunctionProto</c>: default values of its attributes, and nodes without a graph around them.</summary>
    public void ReadFunction(WireField message, int depth)
    {
        WireReader.Expect(message, WireType.Length, "a function");
        string name = "";
        string domain = "";
        List<WireField> defaults = [];
        List<WireField> nodes = [];
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            if (field.Number == OnnxFields.FunctionName)
                name = reader.ReadString(field, "a function's name");
            else if (field.Number == OnnxFields.FunctionDomain)
                domain = reader.ReadString(field, "a function's domain");
            else if (field.Number == OnnxFields.FunctionAttributeDefault)
                AddCounted(defaults, field);
            else if (field.Number == OnnxFields.FunctionNode)
                AddCounted(nodes, field);
        }

        OnnxScope scope = new(null);
        Context context = new($"function:{(domain.Length == 0 ? "" : domain + ".")}{name}/", scope, depth + 1, false);
        OnnxNodeAttributes ofNoNode = default;
        foreach (WireField attribute in defaults)
            ReadAttribute(attribute, context, null, ref ofNoNode);
        for (int i = 0; i < nodes.Count; i++)
            ReadNode(nodes[i], context, i);
        Resolve(scope);
    }

    /// <summary>To be called once, when the whole model is read: graphs may take scales from graphs that end behind them.</summary>
    public void Complete()
    {
        foreach (OnnxScope scope in _quantized)
            scope.ResolveDequantizations();
    }

    private void Resolve(OnnxScope scope)
    {
        scope.Resolve();
        if (scope.HasDequantizations)
            _quantized.Add(scope);
    }

    private void ReadNode(WireField message, Context context, int index)
    {
        WireReader.Expect(message, WireType.Length, "a node");
        RequireDepth(message, context.Depth);
        WireField? opTypeField = null;
        WireField? nameField = null;
        WireField? outputField = null;
        List<WireField> inputs = [];
        List<WireField> attributes = [];
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            switch (field.Number)
            {
                case OnnxFields.NodeInput when inputs.Count < OnnxOperatorUses.MaxInputs:
                    inputs.Add(field);
                    break;
                case OnnxFields.NodeOutput:
                    outputField ??= field;
                    break;
                case OnnxFields.NodeName:
                    nameField = field;
                    break;
                case OnnxFields.NodeOpType:
                    opTypeField = field;
                    break;
                case OnnxFields.NodeAttribute:
                    AddCounted(attributes, field);
                    break;
            }
        }

        string opType = opTypeField is { } op ? reader.ReadString(op, "a node's op_type") : "";
        Node node = new(opType, nameField, outputField, index);
        OnnxNodeAttributes integers = default;
        foreach (WireField attribute in attributes)
            ReadAttribute(attribute, context, node, ref integers);
        if (OnnxOperatorUses.Matters(opType))
        {
            string[] inputNames = [.. inputs.Select(input => reader.ReadString(input, "a node's input"))];
            reader.Hold(64 + (2L * inputNames.Sum(input => input.Length)), message.Start);
            OnnxOperatorUses.Note(context.Scope, opType, inputNames, node.Output(reader), integers);
        }
    }

    /// <summary>Reads an <c>AttributeProto</c> with all that is in it, and notes the integers that matter.</summary>
    /// <param name="message">The message.</param>
    /// <param name="context">Where it lies.</param>
    /// <param name="node">The node that it belongs to; null for the default value of a function's attribute.</param>
    /// <param name="integers">Receives the integers.</param>
    private void ReadAttribute(WireField message, Context context, Node? node, ref OnnxNodeAttributes integers)
    {
        WireReader.Expect(message, WireType.Length, "an attribute");
        RequireDepth(message, context.Depth + 1);
        string name = "";
        long integer = 0;
        List<WireField> values = [];
        List<WireField> floats = [];
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            switch (field.Number)
            {
                case OnnxFields.AttributeName:
                    name = reader.ReadString(field, "an attribute's name");
                    break;
                case OnnxFields.AttributeInt:
                    WireReader.Expect(field, WireType.Varint, "an attribute's integer");
                    integer = (long)field.Value;
                    break;
                case OnnxFields.AttributeFloat or OnnxFields.AttributeFloats when node is { OpType: "Constant" }:
                    AddCounted(floats, field);
                    break;
                case OnnxFields.AttributeTensor or OnnxFields.AttributeGraph or OnnxFields.AttributeTensors or OnnxFields.AttributeGraphs
                    or OnnxFields.AttributeSparseTensor or OnnxFields.AttributeSparseTensors:
                    WireReader.Expect(field, WireType.Length, "an attribute's value");
                    AddCounted(values, field);
                    break;
            }
        }

        for (int i = 0; i < values.Count; i++)
            ReadValue(values[i], context, node, name, i);
        if (node is { OpType: "Constant" } && name is "value_float" or "value_floats" && floats.Count > 0)
            AddConstant(OnnxTensorProto.OfFloats(message.Start, floats, isScalar: name == "value_float"), context, node, name, 0, message.Start);
        integers = name switch
        {
            "axis" => integers with { Axis = integer },
            "block_size" => integers with { BlockSize = integer },
            "bits" => integers with { Bits = integer },
            "K" => integers with { K = integer },
            "N" => integers with { N = integer },
            "quantize_axis" => integers with { QuantizeAxis = integer },
            "transB" => integers with { TransposesB = integer != 0 },
            _ => integers,
        };
    }

    private void ReadValue(WireField value, Context context, Node? node, string attribute, int index)
    {
        string numbered = index == 0 ? attribute : string.Create(CultureInfo.InvariantCulture, $"{attribute}_{index}");
        switch (value.Number)
        {
            case OnnxFields.AttributeGraph or OnnxFields.AttributeGraphs:
                string path = $"{context.Path}{Prefix(node)}{numbered}/";
                reader.Hold(2L * path.Length, value.Start);
                ReadGraph(value, path, context.Scope, context.Depth + 2, context.IsOptimizerState);
                break;
            case OnnxFields.AttributeSparseTensor or OnnxFields.AttributeSparseTensors:
                ReadSparse(value, context, AttributeTensorName(node, attribute, index));
                break;
            default:
                RequireDepth(value, context.Depth + 2);
                AddConstant(OnnxTensorProto.Parse(reader, value), context, node, attribute, index, value.Start);
                break;
        }
    }

    private void AddConstant(OnnxTensorProto proto, Context context, Node? node, string attribute, int index, long at)
    {
        // The value that ConstantOfShape repeats is a parameter of the operator.
        if (node is { OpType: "ConstantOfShape" })
        {
            // What reads it in another way must not be led out of the folder by it either.
            if (proto.IsExternal)
                factory.Locate(proto, context.Path + AttributeTensorName(node, attribute, index));
            return;
        }

        string localName = AttributeTensorName(node, attribute, index);
        OnnxTensorDraft draft = Add(proto, context, localName, at);
        if (node is { OpType: "Constant" } && index == 0 && node.Output(reader) is { } output && !context.Scope.TryAdd(output, draft))
            throw proto.Fault(ArtifactCodes.DuplicateTensor, $"two nodes or initializers of one graph give the value '{Printable.Text(localName)}'", context.Path + localName);
    }

    private void ReadInitializer(WireField message, Context context)
    {
        WireReader.Expect(message, WireType.Length, "an initializer");
        RequireDepth(message, context.Depth);
        OnnxTensorProto proto = OnnxTensorProto.Parse(reader, message);
        if (proto.Name.Length == 0)
            throw proto.Fault(ArtifactCodes.Malformed, $"an initializer has no name");
        if (!context.Scope.TryAdd(proto.Name, Add(proto, context, proto.Name, message.Start)))
            throw proto.Fault(ArtifactCodes.DuplicateTensor, $"two initializers of one graph have the name '{Printable.Text(proto.Name)}'");
    }

    private void ReadSparse(WireField message, Context context, string? name)
    {
        WireReader.Expect(message, WireType.Length, "a sparse tensor");
        RequireDepth(message, context.Depth);
        OnnxSparseTensor sparse = OnnxSparseTensor.Parse(reader, factory, message, name);
        Add(sparse.Elements, sparse.Shape, context, sparse.Name, message.Start);
    }

    private OnnxTensorDraft Add(OnnxTensorProto proto, Context context, string localName, long at)
    {
        string fullName = context.Path + localName;
        return Add(factory.Locate(proto, fullName), proto.Dims, context, localName, at);
    }

    private OnnxTensorDraft Add(OnnxElements elements, ImmutableArray<long> shape, Context context, string localName, long at)
    {
        if (_drafts.Count >= reader.Limits.MaxTensors)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"the model has more than {reader.Limits.MaxTensors} tensors")) { Offset = at };
        string fullName = context.Path + localName;
        reader.Hold(128 + (2L * fullName.Length), at);
        // Two nodes may have one name, and then so do the paths through them.
        string unique = fullName;
        for (int i = 2; !_names.Add(unique); i++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{fullName}#{i}");
        OnnxTensorDraft draft = new(unique, shape, elements, context.IsOptimizerState);
        _drafts.Add(draft);
        return draft;
    }

    private string AttributeTensorName(Node? node, string attribute, int index)
    {
        if (node is { OpType: "Constant" } && index == 0 && node.Output(reader) is { } output)
            return $"const:{output}";
        return string.Create(CultureInfo.InvariantCulture, $"attr:{Prefix(node)}{attribute}{(index == 0 ? "" : $"_{index}")}");
    }

    private string Prefix(Node? node) => node is null ? "" : node.Name(reader) + "/";

    private void AddCounted(List<WireField> fields, WireField field)
    {
        if (fields.Count >= 64)
            reader.Hold(64, field.Start);
        fields.Add(field);
    }

    private void RequireDepth(WireField message, int depth)
    {
        WireReader.Expect(message, WireType.Length, "a message");
        if (depth > reader.Limits.MaxDepth)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"messages nest deeper than {reader.Limits.MaxDepth}")) { Offset = message.Start };
    }

    /// <summary>Where a node lies.</summary>
    private readonly record struct Context(string Path, OnnxScope Scope, int Depth, bool IsOptimizerState);

    /// <summary>What tensors of a node are named after, read when it is asked for.</summary>
    private sealed class Node(string opType, WireField? name, WireField? output, int index)
    {
        private string? _name;
        private string? _output;

        /// <summary>The operator.</summary>
        public string OpType => opType;

        /// <summary>The node's name, or its operator and its place among the nodes of its graph, counted from 0.</summary>
        public string Name(WireReader reader)
        {
            if (_name is null)
            {
                string given = name is { } field ? reader.ReadString(field, "a node's name") : "";
                _name = given.Length > 0 ? given : string.Create(CultureInfo.InvariantCulture, $"{opType}_{index}");
            }

            return _name;
        }

        /// <summary>The name of the first output, or null when there is none.</summary>
        public string? Output(WireReader reader) => output is { } field ? _output ??= reader.ReadString(field, "a node's output") : null;
    }
}
