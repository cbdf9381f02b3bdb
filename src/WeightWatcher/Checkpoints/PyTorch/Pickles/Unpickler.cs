using System.Numerics;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>
/// A pickle machine that makes a description and never an object: no import, no call, no attribute is ever looked up. It reads protocols 0 to 5
/// (PEP 307, PEP 3154, PEP 574 without out-of-band buffers) under the budget of its <see cref="ReadMeter"/>.
/// </summary>
internal sealed class Unpickler
{
    /// <summary>What one value costs in memory, roughly: the node, its place on the stack and in its container.</summary>
    private const int BytesPerValue = 48;

    /// <summary>The longest integer, in bytes. States of random generators have 16; beyond this an integer is an attack on whoever prints it.</summary>
    private const int MaxIntegerBytes = 1024;

    private const int HighestProtocol = 5;

    private readonly PickleInput _input;
    private readonly ReadMeter _meter;
    private readonly PickleStack _stack;
    private readonly List<PicklePersistent> _references;
    private readonly Dictionary<long, PickleValue> _memo = [];

    private Unpickler(PickleInput input, ReadMeter meter, List<PicklePersistent> references)
    {
        _input = input;
        _meter = meter;
        _references = references;
        _stack = new PickleStack(input);
    }

    /// <summary>Reads one pickle, up to its STOP.</summary>
    /// <param name="input">Stands at the first opcode; afterwards behind the STOP.</param>
    /// <param name="meter">The budget.</param>
    /// <param name="references">Receives every persistent reference of the pickle, in order.</param>
    /// <returns>The root of the graph.</returns>
    /// <exception cref="ArtifactException">Truncated, malformed, over the limits, or naming a global of <see cref="ForbiddenGlobals"/>.</exception>
    public static PickleValue Read(PickleInput input, ReadMeter meter, List<PicklePersistent> references) =>
        new Unpickler(input, meter, references).Run();

    private PickleValue Run()
    {
        _input.BeginPickle();
        while (true)
        {
            _meter.Step();
            PickleOpcode opcode = (PickleOpcode)_input.ReadOpcode();
            if (opcode == PickleOpcode.Stop)
                return _stack.Pop();
            if (!Constant(opcode) && !Container(opcode) && !Memo(opcode) && !Object(opcode))
                throw _input.Malformed(FormattableString.Invariant($"0x{(byte)opcode:X2} is no opcode that a model may hold"));
        }
    }

    private bool Constant(PickleOpcode opcode)
    {
        PickleValue? value = opcode switch
        {
            PickleOpcode.None => PickleNone.Instance,
            PickleOpcode.NewTrue => PickleBoolean.True,
            PickleOpcode.NewFalse => PickleBoolean.False,
            PickleOpcode.BinInt => new PickleInteger(_input.ReadInt32()),
            PickleOpcode.BinInt1 => PickleInteger.OfByte(_input.ReadByte()),
            PickleOpcode.BinInt2 => new PickleInteger(_input.ReadUInt16()),
            PickleOpcode.Int => PickleNumbers.Int(_input.ReadLine(_meter), _input),
            PickleOpcode.Long => new PickleInteger(PickleNumbers.Integer(_input.ReadLine(_meter), _input)),
            PickleOpcode.Long1 => LongInteger(_input.ReadByte()),
            PickleOpcode.Long4 => LongInteger(Length(_input.ReadInt32())),
            PickleOpcode.Float => new PickleFloat(PickleNumbers.Float(_input.ReadLine(_meter), _input)),
            PickleOpcode.BinFloat => new PickleFloat(_input.ReadDouble()),
            PickleOpcode.String => new PickleText(PickleNumbers.Literal(_input.ReadLine(_meter), _input)),
            PickleOpcode.BinString => new PickleText(_input.ReadByteText(Length(_input.ReadInt32()), _meter)),
            PickleOpcode.ShortBinString => new PickleText(_input.ReadByteText(_input.ReadByte(), _meter)),
            PickleOpcode.Unicode => new PickleText(PickleNumbers.RawUnicode(_input.ReadLine(_meter), _input)),
            PickleOpcode.ShortBinUnicode => new PickleText(_input.ReadText(_input.ReadByte(), _meter)),
            PickleOpcode.BinUnicode => new PickleText(_input.ReadText(_input.ReadUInt32(), _meter)),
            PickleOpcode.BinUnicode8 => new PickleText(_input.ReadText(_input.ReadUInt64(), _meter)),
            PickleOpcode.ShortBinBytes => _input.SkipBytes(_input.ReadByte()),
            PickleOpcode.BinBytes => _input.SkipBytes(_input.ReadUInt32()),
            PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8 => _input.SkipBytes(_input.ReadUInt64()),
            _ => null,
        };
        if (value is null)
            return false;
        Push(value);
        return true;
    }

    private bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _stack.Mark();
                return true;
            case PickleOpcode.EmptyTuple:
                Push(new PickleSequence(PickleSequenceKind.Tuple, []));
                return true;
            case PickleOpcode.EmptyList:
                Push(new PickleSequence(PickleSequenceKind.List, []));
                return true;
            case PickleOpcode.EmptySet:
                Push(new PickleSequence(PickleSequenceKind.Set, []));
                return true;
            case PickleOpcode.EmptyDict:
                Push(new PickleDictionary());
                return true;
            case PickleOpcode.Tuple:
                Push(new PickleSequence(PickleSequenceKind.Tuple, _stack.PopToMark()));
                return true;
            case PickleOpcode.Tuple1:
                Push(new PickleSequence(PickleSequenceKind.Tuple, [_stack.Pop()]));
                return true;
            case PickleOpcode.Tuple2:
                (PickleValue second, PickleValue first) = (_stack.Pop(), _stack.Pop());
                Push(new PickleSequence(PickleSequenceKind.Tuple, [first, second]));
                return true;
            case PickleOpcode.Tuple3:
                (PickleValue third, PickleValue middle, PickleValue head) = (_stack.Pop(), _stack.Pop(), _stack.Pop());
                Push(new PickleSequence(PickleSequenceKind.Tuple, [head, middle, third]));
                return true;
            case PickleOpcode.List:
                Push(new PickleSequence(PickleSequenceKind.List, _stack.PopToMark()));
                return true;
            case PickleOpcode.FrozenSet:
                Push(new PickleSequence(PickleSequenceKind.Set, _stack.PopToMark()));
                return true;
            case PickleOpcode.Dict:
                PickleDictionary dictionary = new();
                SetAll(dictionary, _stack.PopToMark());
                Push(dictionary);
                return true;
            case PickleOpcode.Append:
                PickleValue item = _stack.Pop();
                AppendAll([item], PickleSequenceKind.List);
                return true;
            case PickleOpcode.Appends:
                AppendAll(_stack.PopToMark(), PickleSequenceKind.List);
                return true;
            case PickleOpcode.AddItems:
                AppendAll(_stack.PopToMark(), PickleSequenceKind.Set);
                return true;
            case PickleOpcode.SetItem:
                (PickleValue value, PickleValue key) = (_stack.Pop(), _stack.Pop());
                SetAll(Entries(), [key, value]);
                return true;
            case PickleOpcode.SetItems:
                List<PickleValue> pairs = _stack.PopToMark();
                SetAll(Entries(), pairs);
                return true;
            default:
                return false;
        }
    }

    private bool Memo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                int protocol = _input.ReadByte();
                if (protocol > HighestProtocol)
                    throw _input.Malformed(FormattableString.Invariant($"pickle protocol {protocol} is unknown; the highest is {HighestProtocol}"));
                return true;
            case PickleOpcode.Frame:
                _input.BeginFrame(_input.ReadUInt64());
                return true;
            case PickleOpcode.Pop:
                _stack.PopValueOrMark();
                return true;
            case PickleOpcode.PopMark:
                _stack.PopToMark();
                return true;
            case PickleOpcode.Dup:
                _stack.Push(_stack.Peek());
                return true;
            case PickleOpcode.Get:
                Get(TextIndex());
                return true;
            case PickleOpcode.BinGet:
                Get(_input.ReadByte());
                return true;
            case PickleOpcode.LongBinGet:
                Get(_input.ReadUInt32());
                return true;
            case PickleOpcode.Put:
                Put(TextIndex());
                return true;
            case PickleOpcode.BinPut:
                Put(_input.ReadByte());
                return true;
            case PickleOpcode.LongBinPut:
                Put(_input.ReadUInt32());
                return true;
            case PickleOpcode.Memoize:
                Put(_memo.Count);
                return true;
            default:
                return false;
        }
    }

    private bool Object(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                Push(Global(_input.ReadLine(_meter), _input.ReadLine(_meter)));
                return true;
            case PickleOpcode.StackGlobal:
                (PickleValue name, PickleValue module) = (_stack.Pop(), _stack.Pop());
                if (name is not PickleText nameText || module is not PickleText moduleText)
                    throw _input.Malformed($"a global needs two strings, found {module.Kind} and {name.Kind}");
                Push(Global(moduleText.Value, nameText.Value));
                return true;
            case PickleOpcode.Reduce:
            case PickleOpcode.NewObj:
                (PickleValue arguments, PickleValue callee) = (_stack.Pop(), _stack.Pop());
                PushObject(callee, arguments);
                return true;
            case PickleOpcode.NewObjEx:
                (PickleValue keywords, PickleValue positional, PickleValue type) = (_stack.Pop(), _stack.Pop(), _stack.Pop());
                RequireTuple(positional);
                PushObject(type, new PickleSequence(PickleSequenceKind.Tuple, [.. ((PickleSequence)positional).Items, keywords]));
                return true;
            case PickleOpcode.Inst:
                PickleGlobal instance = Global(_input.ReadLine(_meter), _input.ReadLine(_meter));
                PushObject(instance, new PickleSequence(PickleSequenceKind.Tuple, _stack.PopToMark()));
                return true;
            case PickleOpcode.Obj:
                List<PickleValue> parts = _stack.PopToMark();
                if (parts.Count == 0)
                    throw _input.Malformed("an object has no class");
                PushObject(parts[0], new PickleSequence(PickleSequenceKind.Tuple, parts[1..]));
                return true;
            case PickleOpcode.Build:
                PickleValue state = _stack.Pop();
                if (_stack.Peek() is not PickleObject built)
                    throw _input.Malformed($"a state is given to {_stack.Peek().Kind}, which can have none");
                (built.States ??= []).Add(state);
                return true;
            case PickleOpcode.PersId:
                PushReference(new PickleText(_input.ReadLine(_meter)));
                return true;
            case PickleOpcode.BinPersId:
                PushReference(_stack.Pop());
                return true;
            case PickleOpcode.Ext1:
            case PickleOpcode.Ext2:
            case PickleOpcode.Ext4:
                throw _input.Malformed("an extension code has no meaning outside the program that wrote it");
            case PickleOpcode.NextBuffer:
            case PickleOpcode.ReadOnlyBuffer:
                throw _input.Malformed("an out-of-band buffer is not in the file");
            default:
                return false;
        }
    }

    private void Push(PickleValue value)
    {
        _meter.Charge(BytesPerValue);
        _stack.Push(value);
    }

    private void PushReference(PickleValue id)
    {
        PicklePersistent reference = new(id);
        _references.Add(reference);
        Push(reference);
    }

    private PickleInteger LongInteger(ulong length)
    {
        if (length > MaxIntegerBytes)
            throw _input.Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"an integer has {length} bytes; the most is {MaxIntegerBytes}"));
        return new PickleInteger(new BigInteger(_input.ReadBytes(length, _meter)));
    }

    private PickleGlobal Global(string module, string name)
    {
        if (module.Length == 0 || name.Length == 0)
            throw _input.Malformed("a global has no name");
        if (ForbiddenGlobals.Contains(module, name))
        {
            throw _input.Error(
                ArtifactCodes.Forbidden,
                $"the pickle names '{Printable.Text($"{module}.{name}")}', which no weights need and which would run code when the file is loaded");
        }

        return new PickleGlobal(module, name);
    }

    private void PushObject(PickleValue callee, PickleValue arguments)
    {
        if (callee is not (PickleGlobal or PickleObject or PicklePersistent))
            throw _input.Malformed($"{callee.Kind} is called, which cannot be called");
        RequireTuple(arguments);
        Push(new PickleObject(callee, arguments));
    }

    private void RequireTuple(PickleValue arguments)
    {
        if (arguments is not PickleSequence { Sequence: PickleSequenceKind.Tuple })
            throw _input.Malformed($"arguments must be a tuple, found {arguments.Kind}");
    }

    private void AppendAll(List<PickleValue> items, PickleSequenceKind kind)
    {
        List<PickleValue> target = _stack.Peek() switch
        {
            PickleSequence sequence when sequence.Sequence == kind => sequence.Items,
            PickleObject built => built.Items ??= [],
            PickleValue other => throw _input.Malformed($"items are added to {other.Kind}"),
        };
        _meter.Charge(8L * items.Count);
        target.AddRange(items);
    }

    private PickleDictionary Entries() => _stack.Peek() switch
    {
        PickleDictionary dictionary => dictionary,
        PickleObject built => built.Entries ??= new PickleDictionary(),
        PickleValue other => throw _input.Malformed($"an entry is set in {other.Kind}"),
    };

    private void SetAll(PickleDictionary target, List<PickleValue> pairs)
    {
        if (pairs.Count % 2 != 0)
            throw _input.Malformed("a dictionary has a key without a value");
        _meter.Charge(48L * pairs.Count);
        for (int i = 0; i < pairs.Count; i += 2)
        {
            if (pairs[i] is PickleDictionary or PickleSequence { Sequence: not PickleSequenceKind.Tuple })
                throw _input.Malformed($"{pairs[i].Kind} is used as a key");
            target.Set(pairs[i], pairs[i + 1]);
        }
    }

    private long TextIndex()
    {
        BigInteger index = PickleNumbers.Integer(_input.ReadLine(_meter), _input);
        if (index < 0 || index > long.MaxValue)
            throw _input.Malformed("a memo index is out of range");
        return (long)index;
    }

    private void Get(long index)
    {
        if (!_memo.TryGetValue(index, out PickleValue? value))
            throw _input.Malformed(FormattableString.Invariant($"memo entry {index} is read before it is written"));
        _stack.Push(value);
    }

    private void Put(long index)
    {
        _meter.Charge(32);
        _memo[index] = _stack.Peek();
    }

    private ulong Length(int length) =>
        length >= 0 ? (ulong)length : throw _input.Malformed(FormattableString.Invariant($"a length of {length} is negative"));
}
