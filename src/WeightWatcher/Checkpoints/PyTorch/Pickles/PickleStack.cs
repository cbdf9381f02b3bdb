namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>The stack of a pickle machine: values, with marks that no opcode may pop beyond.</summary>
internal sealed class PickleStack(PickleInput input)
{
    /// <summary>The most values on the stack. Writers flush containers every 1000 items; TorchScript writes a whole list at once.</summary>
    private const int MaxValues = 4_000_000;

    private readonly List<PickleValue> _values = [];
    private readonly List<int> _marks = [];

    public void Push(PickleValue value)
    {
        if (_values.Count == MaxValues)
            throw input.Error(Codes.ArtifactCodes.LimitExceeded, FormattableString.Invariant($"the pickle stacks more than {MaxValues} values"));
        _values.Add(value);
    }

    public void Mark() => _marks.Add(_values.Count);

    public PickleValue Peek()
    {
        RequireValue();
        return _values[^1];
    }

    public PickleValue Pop()
    {
        RequireValue();
        PickleValue value = _values[^1];
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>Drops the newest mark, or the newest value when nothing lies above the mark.</summary>
    public void PopValueOrMark()
    {
        if (_marks.Count > 0 && _marks[^1] == _values.Count)
            _marks.RemoveAt(_marks.Count - 1);
        else
            Pop();
    }

    /// <summary>Takes everything above the newest mark, and the mark.</summary>
    public List<PickleValue> PopToMark()
    {
        if (_marks.Count == 0)
            throw input.Malformed("an opcode needs a mark and there is none");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        List<PickleValue> values = _values.GetRange(mark, _values.Count - mark);
        _values.RemoveRange(mark, _values.Count - mark);
        return values;
    }

    private void RequireValue()
    {
        if (_values.Count == (_marks.Count > 0 ? _marks[^1] : 0))
            throw input.Malformed("an opcode needs a value and the stack is empty");
    }
}
