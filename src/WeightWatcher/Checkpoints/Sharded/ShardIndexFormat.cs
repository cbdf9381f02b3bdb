using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Sharded;

/// <summary>
/// A checkpoint in several files, told by its index: <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>
/// (https://huggingface.co/docs/transformers/big_models#sharded-checkpoints). Index and files must agree exactly.
/// </summary>
internal sealed class ShardIndexFormat : ICheckpointFormat
{
    private const int MaxShards = 10_000;

    /// <inheritdoc/>
    public string Name => "sharded checkpoint";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (head.StartsWith<byte>([0xef, 0xbb, 0xbf]))
            head = head[3..];
        return head.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && head.IndexOf("\"weight_map\""u8) >= 0;
    }

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ShardIndex index = ShardIndex.Parse(file, limits, cancellationToken);
        if (index.Shards.Count > MaxShards)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"the index names {index.Shards.Count} files, at most {MaxShards} are read"));
        RefuseUnlisted(file.Path, index);
        List<Checkpoint> shards = [];
        try
        {
            Dictionary<string, string> pathOf = new(StringComparer.Ordinal);
            foreach (string shard in index.Shards)
            {
                cancellationToken.ThrowIfCancellationRequested();
                shards.Add(OpenShard(file, shard, pathOf, cancellationToken));
            }

            CheckNames(index, shards);
            CheckSize(index, shards);
            return Join(file, shards);
        }
        catch
        {
            foreach (Checkpoint shard in shards)
                shard.Dispose();
            throw;
        }
    }

    private static Checkpoint OpenShard(ArtifactFile index, string shard, Dictionary<string, string> pathOf, CancellationToken cancellationToken)
    {
        ContainedPath path = ContainedPath.Resolve(index, shard, allowBlobStore: true);
        if (path.Real == index.Path)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the index names itself ('{Printable.Text(shard)}') as a shard");
        if (!pathOf.TryAdd(path.Real, shard))
            throw new ArtifactException(ArtifactCodes.Malformed, $"the index names one file twice, as '{Printable.Text(pathOf[path.Real])}' and as '{Printable.Text(shard)}'");
        return CheckpointReader.OpenShard(path, cancellationToken);
    }

    /// <summary>Every tensor lies in the file that the index says, and nothing else does.</summary>
    private static void CheckNames(ShardIndex index, List<Checkpoint> shards)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        for (int i = 0; i < shards.Count; i++)
        {
            string shard = index.Shards[i];
            foreach (string name in shards[i].Tensors.Select(tensor => tensor.Name).Concat(shards[i].Unreadable.Select(tensor => tensor.Name)))
            {
                if (!found.Add(name))
                    throw new ArtifactException(ArtifactCodes.DuplicateTensor, $"the tensor lies in two shards, the second is '{Printable.Text(shard)}'") { Tensor = name };
                if (!index.ShardOf.TryGetValue(name, out string? expected))
                    throw new ArtifactException(ArtifactCodes.Malformed, $"the shard '{Printable.Text(shard)}' holds a tensor that the index does not name") { Tensor = name };
                if (expected != shard)
                    throw new ArtifactException(ArtifactCodes.Malformed, $"the tensor lies in '{Printable.Text(shard)}', the index says '{Printable.Text(expected)}'") { Tensor = name };
            }
        }

        foreach ((string name, string shard) in index.ShardOf)
        {
            if (!found.Contains(name))
                throw new ArtifactException(ArtifactCodes.Malformed, $"the tensor is not in '{Printable.Text(shard)}', where the index says it is") { Tensor = name };
        }
    }

    /// <summary>Only where the size is that of the elements: a pickle may hold storages of other sizes.</summary>
    private static void CheckSize(ShardIndex index, List<Checkpoint> shards)
    {
        if (index.TotalBytes is not { } expected || shards.Exists(shard => shard.Format != "safetensors" || !shard.Unreadable.IsEmpty))
            return;
        Int128 bits = 0;
        foreach (Tensor tensor in shards.SelectMany(shard => shard.Tensors))
            bits += (Int128)tensor.Count * ((tensor as ContiguousTensor)?.BitsPerElement ?? 0);
        if (bits / 8 != expected)
            throw new ArtifactException(ArtifactCodes.Malformed, FormattableString.Invariant($"the tensors of all shards take {bits / 8} bytes, the index says {expected}"));
    }

    /// <summary>A shard of the same series that the index does not name would be left out of the judgement, be it there or not.</summary>
    private static void RefuseUnlisted(string indexPath, ShardIndex index)
    {
        string[] listed = [.. index.Shards.Select(shard => shard.StartsWith("./", StringComparison.Ordinal) ? shard[2..] : shard)];
        PartName[] parts = [.. listed.Select(PartName.Of).OfType<PartName>()];
        if (parts.Length == 0)
            return;
        foreach (string path in Path.GetDirectoryName(indexPath) is { } folder ? Directory.EnumerateFiles(folder) : [])
        {
            string name = Path.GetFileName(path);
            if (PartName.Of(name) is { } part && Array.Exists(parts, other => other.Series == part.Series) && !listed.Contains(name))
                throw new ArtifactException(ArtifactCodes.Malformed, $"the shard '{Printable.Text(name)}' lies beside the index, which does not name it");
        }

        foreach (IGrouping<(string, int Count), PartName> series in parts.GroupBy(part => (part.Series, part.Count)))
        {
            int named = series.Select(part => part.Number).Distinct().Count();
            if (named < series.Key.Count)
                throw new ArtifactException(ArtifactCodes.Malformed, FormattableString.Invariant($"the index names {named} of the {series.Key.Count} files that there are by their names"));
        }
    }

    private static Checkpoint Join(ArtifactFile index, List<Checkpoint> shards) => new()
    {
        Format = shards.Count == 0 ? "safetensors" : shards[0].Format,
        Tensors = [.. shards.SelectMany(shard => shard.Tensors)],
        Unreadable = [.. shards.SelectMany(shard => shard.Unreadable)],
        Files = [index, .. shards.SelectMany(shard => shard.Files)],
        Notes = [.. shards.SelectMany(shard => shard.Notes).Distinct(StringComparer.Ordinal)],
    };
}
