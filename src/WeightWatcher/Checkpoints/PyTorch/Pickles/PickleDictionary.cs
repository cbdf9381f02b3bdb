namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>A dictionary in the order of first insertion; a later entry of an equal text or integer key replaces the value, as in Python.</summary>
internal sealed class PickleDictionary : PickleValue
{
    private readonly List<KeyValuePair<PickleValue, PickleValue>> _entries = [];
    private Dictionary<object, int>? _index;

    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<KeyValuePair<PickleValue, PickleValue>> Entries => _entries;

    public override string Kind => "a dictionary";

    /// <summary>Adds or replaces an entry.</summary>
    public void Set(PickleValue key, PickleValue value)
    {
        object? identity = key switch
        {
            PickleText text => text.Value,
            PickleInteger integer => integer.Value,
            _ => null,
        };
        if (identity is not null && !(_index ??= []).TryAdd(identity, _entries.Count))
            _entries[_index[identity]] = new(key, value);
        else
            _entries.Add(new(key, value));
    }

    /// <summary>The value of a text key, or null.</summary>
    public PickleValue? Find(string key) => _index is not null && _index.TryGetValue(key, out int i) ? _entries[i].Value : null;
}
