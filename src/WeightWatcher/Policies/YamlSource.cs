using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace WeightWatcher.Policies;

/// <summary>
/// Turns YAML text into nodes with places. It reads the events of the parser itself, so that anchors, aliases and tags (the ways to make
/// a small file mean a huge or strange one) are refused where they stand, and nesting is bounded.
/// </summary>
internal sealed class YamlSource
{
    /// <summary>The deepest nesting that is read. A policy needs 5.</summary>
    public const int MaxDepth = 12;

    private readonly FaultList _faults;
    private readonly GuardedYamlParser _parser;

    private YamlSource(string text, FaultList faults)
    {
        _faults = faults;
        _parser = new GuardedYamlParser(text);
    }

    /// <summary>Reads the only document of a text, or null when there is a fault that makes reading on pointless.</summary>
    public static PolicyNode? Read(string text, FaultList faults)
    {
        YamlSource source = new(text, faults);
        try
        {
            return source.ReadDocument();
        }
        catch (YamlException fault)
        {
            // The parser does not always say where: what it read last is then the nearest known place.
            Mark reached = source._parser.Current?.Start ?? fault.Start;
            Mark at = fault.Start.Index > 0 ? fault.Start : reached;
            if (IndentedByTab(text, Line(at)) is { } line)
                faults.Add(PolicyFileCodes.InvalidYaml, line, 1, "not valid YAML: indent with spaces, not tabs");
            else
                faults.Add(PolicyFileCodes.InvalidYaml, Line(at), Column(at), $"not valid YAML: {Printable.Text(fault.Message.TrimEnd('.'))}{Hint(text, at)}");
            return null;
        }
    }

    private PolicyNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            _faults.Add(PolicyFileCodes.Empty, 1, 1, "the policy is empty; the least is 'version: 1' and 'extends: well-trained'");
            return null;
        }

        _parser.Consume<DocumentStart>();
        PolicyNode? root = ReadNode(0);
        if (root is null)
            return null;
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<StreamEnd>(out _))
            return root;
        Mark second = _parser.Current!.Start;
        _faults.Add(PolicyFileCodes.InvalidYaml, Line(second), Column(second), "a second document begins here; a policy is one document");
        return null;
    }

    /// <summary>Null when reading cannot go on.</summary>
    private PolicyNode? ReadNode(int depth)
    {
        ParsingEvent next = _parser.Consume<ParsingEvent>();
        int line = Line(next.Start);
        int column = Column(next.Start);
        if (depth > MaxDepth)
        {
            _faults.Add(PolicyFileCodes.UnsupportedYaml, line, column, string.Create(CultureInfo.InvariantCulture, $"nested deeper than {MaxDepth} levels; a policy needs 5"));
            return null;
        }

        if (next is AnchorAlias alias)
        {
            _faults.Add(PolicyFileCodes.UnsupportedYaml, line, column, $"the alias '*{Printable.Text(alias.Value.Value)}' is not allowed in a policy; write the value out");
            return new ScalarNode("", true, line, column);
        }

        // The parser lets a key without a value end a mapping in braces.
        if (next is not NodeEvent node)
            throw new YamlException(next.Start, next.End, "a value is missing");
        RefuseProperties(node, line, column);
        switch (next)
        {
            case Scalar scalar:
                return new ScalarNode(scalar.Value, scalar.Style == ScalarStyle.Plain, line, column);
            case SequenceStart:
                ImmutableArray<PolicyNode>.Builder items = ImmutableArray.CreateBuilder<PolicyNode>();
                while (!_parser.TryConsume<SequenceEnd>(out _))
                {
                    if (ReadNode(depth + 1) is not { } item)
                        return null;
                    items.Add(item);
                }

                return new SequenceNode(items.ToImmutable(), line, column);
            default:
                return ReadMapping(line, column, depth);
        }
    }

    private MappingNode? ReadMapping(int line, int column, int depth)
    {
        ImmutableArray<KeyValuePair<ScalarNode, PolicyNode>>.Builder entries = ImmutableArray.CreateBuilder<KeyValuePair<ScalarNode, PolicyNode>>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            PolicyNode? key = ReadNode(depth + 1);
            PolicyNode? value = key is null ? null : ReadNode(depth + 1);
            if (value is null)
                return null;
            if (key is ScalarNode name)
                entries.Add(new(name, value));
            else
                _faults.Add(PolicyFileCodes.WrongType, key!, $"a key must be text, not {key!.Kind}");
        }

        return new MappingNode(entries.ToImmutable(), line, column);
    }

    private void RefuseProperties(NodeEvent node, int line, int column)
    {
        if (!node.Anchor.IsEmpty)
            _faults.Add(PolicyFileCodes.UnsupportedYaml, line, column, $"the anchor '&{Printable.Text(node.Anchor.Value)}' is not allowed in a policy");
        bool nonSpecific = node.Tag.IsEmpty || node.Tag.IsNonSpecific;
        if (!nonSpecific)
            _faults.Add(PolicyFileCodes.UnsupportedYaml, line, column, $"the tag '{Printable.Text(node.Tag.Value)}' is not allowed in a policy");
    }

    /// <summary>The line at or right after a place that begins with spaces and a tab, or null.</summary>
    private static int? IndentedByTab(string text, int from)
    {
        string[] lines = text.Split('\n', from + 2);
        for (int line = from; line <= Math.Min(from + 1, lines.Length); line++)
        {
            if (lines[line - 1].TrimStart(' ').StartsWith('\t'))
                return line;
        }

        return null;
    }

    private static string Hint(string text, in Mark at)
    {
        int index = (int)Math.Clamp(at.Index, 0, text.Length);
        return text.AsSpan(index) switch
        {
            ['>' or '!' or '*' or '@' or '%' or '`' or '&', ..] => "; put the value in quotes",
            _ => "",
        };
    }

    private static int Line(in Mark mark) => (int)Math.Clamp(mark.Line, 1, int.MaxValue);

    private static int Column(in Mark mark) => (int)Math.Clamp(mark.Column, 1, int.MaxValue);
}
