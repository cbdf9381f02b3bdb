using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>A dataset under one of its names.</summary>
/// <param name="Path">The names of the groups and its own, joined by slashes, without one at the start.</param>
/// <param name="Address">The address of its object header: equal for two names of one dataset.</param>
/// <param name="Dataset">The dataset.</param>
internal sealed record Hdf5NamedDataset(string Path, long Address, Hdf5Dataset Dataset);

/// <summary>All datasets of a file, found by walking its groups from the root, each group once.</summary>
internal sealed class Hdf5Contents
{
    private readonly Hdf5File _file;
    private readonly HashSet<long> _groups = [];
    private readonly Dictionary<long, Hdf5Dataset> _datasets = [];
    private readonly List<Hdf5NamedDataset> _named = [];
    private int _softLinks;
    private int _groupAliases;

    private Hdf5Contents(Hdf5File file) => _file = file;

    /// <summary>The datasets, in the order of the names in each group.</summary>
    public IReadOnlyList<Hdf5NamedDataset> Datasets => _named;

    /// <summary>The names of the attributes of the root group.</summary>
    public IReadOnlySet<string> RootAttributes { get; private set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What was passed over, one sentence each.</summary>
    public ImmutableArray<string> Notes =>
    [
        .. _softLinks == 0 ? (string[])[] : [FormattableString.Invariant($"{_softLinks} soft links of the HDF5 file were not followed: what they lead to is read under its own name.")],
        .. _groupAliases == 0 ? (string[])[] : [FormattableString.Invariant($"{_groupAliases} links of the HDF5 file lead to groups that were read before, under other names.")],
    ];

    /// <summary>Walks a file.</summary>
    /// <param name="source">The HDF5 file, or the entry of an archive that is one.</param>
    /// <param name="origin">Where <paramref name="source"/> starts in the artifact, for messages.</param>
    /// <param name="meter">The budget.</param>
    /// <exception cref="ArtifactException">The file is malformed, or names other files.</exception>
    public static Hdf5Contents Read(ByteSource source, long origin, ReadMeter meter)
    {
        Hdf5File file = Hdf5File.Open(source, origin, meter);
        Hdf5Contents contents = new(file);
        Hdf5ObjectHeader root = Hdf5ObjectHeader.Read(file, file.Root);
        if (!Hdf5Links.IsGroup(root))
            throw new ArtifactException(ArtifactCodes.Malformed, "the root of the HDF5 file is not a group") { Offset = file.FileOffset(file.Root) };
        contents.RootAttributes = root.All(Hdf5ObjectHeader.Attribute).Concat(ManyAttributes(file, root)).Select(AttributeName).ToHashSet(StringComparer.Ordinal);
        contents.Walk(root, "", 1);
        contents.RequireNoOverlap();
        return contents;
    }

    /// <summary>The name in an attribute message (HDF5 File Format Specification 3.0, section IV.A.2.m).</summary>
    private static string AttributeName(Hdf5Cursor attribute)
    {
        byte version = attribute.U8();
        attribute.Skip(1);
        int length = attribute.U16();
        attribute.Skip(version >= 3 ? 5 : 4);
        return Encoding.UTF8.GetString(attribute.Bytes(length)).TrimEnd('\0');
    }

    /// <summary>The attributes of an object that has many: they are in a fractal heap (section IV.A.2.v, attribute info).</summary>
    private static IEnumerable<Hdf5Cursor> ManyAttributes(Hdf5File file, Hdf5ObjectHeader header)
    {
        if (header.Find(Hdf5ObjectHeader.AttributeInfo) is not { } info)
            yield break;
        info.Skip(1);
        byte flags = info.U8();
        info.Skip((flags & 0x01) != 0 ? 2 : 0);
        if (info.Address() is not { } address)
            yield break;
        long names = info.RequiredAddress("the names of attributes");
        Hdf5FractalHeap heap = Hdf5FractalHeap.Read(file, address);
        foreach ((_, Hdf5Cursor record) in Hdf5BTree2.Records(file, names, Hdf5BTree2.AttributeNames))
        {
            // The identifier of the object, then its flags; a shared attribute is in another place, and no attribute of Keras is shared.
            Hdf5Cursor id = record.Part(8);
            if ((record.U8() & 0x02) == 0)
                yield return heap.Object(id);
        }
    }

    private void Walk(Hdf5ObjectHeader header, string path, int depth)
    {
        _file.Meter.RequireDepth(depth);
        if (!_groups.Add(header.Address))
        {
            _groupAliases++;
            return;
        }

        foreach (Hdf5Link link in Hdf5Links.Read(_file, header))
        {
            _file.Meter.Charge(2L * (path.Length + link.Name.Length + 64));
            string name = path.Length == 0 ? link.Name : $"{path}/{link.Name}";
            if (link.Target is not { } address)
                _softLinks++;
            else
                Visit(address, name, depth);
        }
    }

    private void Visit(long address, string name, int depth)
    {
        try
        {
            if (!_datasets.TryGetValue(address, out Hdf5Dataset? dataset))
            {
                Hdf5ObjectHeader header = Hdf5ObjectHeader.Read(_file, address);
                if (Hdf5Links.IsGroup(header))
                {
                    Walk(header, name, depth + 1);
                    return;
                }

                // What is neither is a named type.
                if (!Hdf5Dataset.IsDataset(header))
                    return;
                dataset = Hdf5Dataset.Read(_file, header);
                _datasets.Add(address, dataset);
            }

            _file.Meter.CountTensor();
            _named.Add(new Hdf5NamedDataset(name, address, dataset));
        }
        catch (ArtifactException e) when (e.Tensor is null)
        {
            throw e.With(path: null, format: null, tensor: name);
        }
    }

    /// <summary>Elements of one dataset that are also those of another would be read once for each: a small file could ask for endless work.</summary>
    private void RequireNoOverlap()
    {
        List<(long Address, long Length)> extents = [.. _datasets.Values.SelectMany(d => d.Extents).Where(e => e.Length > 0)];
        extents.Sort();
        for (int i = 1; i < extents.Count; i++)
        {
            if (extents[i].Address - extents[i - 1].Address < extents[i - 1].Length)
                throw new ArtifactException(ArtifactCodes.OverlapOrHole, "two datasets of the HDF5 file, or two chunks of one, share bytes") { Offset = _file.FileOffset(extents[i].Address) };
        }
    }
}
