using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>The persistent id of a storage: <c>('storage', type, key, location, number of elements)</c>, in old files with a view.</summary>
/// <param name="TypeName">The storage class, without its module.</param>
/// <param name="Type">The element type; null when the class is unknown.</param>
/// <param name="Key">The key of the storage.</param>
/// <param name="Count">How many elements it has, 0 or more; the bytes they take can be counted.</param>
/// <param name="View">The part of the storage that is meant; null for all of it.</param>
internal sealed record TorchStorageReference(string TypeName, TorchElementType? Type, string Key, long Count, TorchStorageRange? View)
{
    /// <summary>True when an id is that of a storage, well-formed or not.</summary>
    public static bool IsStorage(PickleValue id) => id is PickleSequence { Items: [PickleText { Value: "storage" }, ..] };

    /// <summary>Reads an id; null when it is not that of a storage.</summary>
    public static TorchStorageReference? Parse(PickleValue id)
    {
        if (!IsStorage(id))
            return null;
        if (id is not PickleSequence { Items: [_, PickleGlobal type, PickleValue key, _, PickleValue count, ..] fields })
            throw new ArtifactException(ArtifactCodes.Malformed, "a reference to a storage does not say its type, key, location and length");
        TorchElementType? element = TorchElementType.OfStorage(type.Name);
        string name = KeyText(key);
        return new TorchStorageReference(type.Name, element, name, Length(count, element?.Size ?? 1, name), fields.Count > 5 ? Range(fields[5], name) : null);
    }

    /// <summary>A storage's key as text: a string or an integer.</summary>
    public static string KeyText(PickleValue key) => key switch
    {
        PickleText text => text.Value,
        PickleInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArtifactException(ArtifactCodes.Malformed, $"the key of a storage is {key.Kind}"),
    };

    private static TorchStorageRange? Range(PickleValue value, string key) => value switch
    {
        PickleNone => null,
        PickleSequence { Items: [_, PickleValue offset, PickleValue length] } => new TorchStorageRange(Length(offset, 16, key), Length(length, 16, key)),
        _ => throw new ArtifactException(ArtifactCodes.Malformed, $"the view of storage '{Printable.Text(key)}' is {value.Kind}"),
    };

    private static long Length(PickleValue value, int size, string key)
    {
        if (value is not PickleInteger integer)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the length of storage '{Printable.Text(key)}' is {value.Kind}");
        if (integer.Value < 0 || integer.Value > long.MaxValue / size)
            throw new ArtifactException(ArtifactCodes.InvalidShape, string.Create(CultureInfo.InvariantCulture, $"storage '{Printable.Text(key)}' has the impossible length {integer.Value}"));
        return (long)integer.Value;
    }
}

/// <summary>A part of a storage, in elements.</summary>
internal sealed record TorchStorageRange(long Offset, long Count);
