using System.Collections.Immutable;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>Every reader under attack.</summary>
internal static class ReaderTargets
{
    /// <summary>All of them, in the order in which they are run.</summary>
    public static ImmutableArray<ReaderTarget> All { get; } =
    [
        new("safetensors", SafetensorsSeeds.Files) { Words = SafetensorsSeeds.Words },
        new("safetensors-header", SafetensorsSeeds.Headers) { Words = SafetensorsSeeds.Words, Container = header => SafetensorsWriter.Raw(header, new byte[SafetensorsSeeds.DataBytes]) },
        new("shard-index", SafetensorsSeeds.Indexes) { Words = SafetensorsSeeds.Words, FileName = "model.safetensors.index.json", Beside = SafetensorsSeeds.Shards },
        new("composed", CompositionSeeds.Files) { Words = CompositionSeeds.Words, Beside = CompositionSeeds.Beside },
        new("onnx", OnnxSeeds.Files) { Words = OnnxSeeds.Words, Beside = OnnxSeeds.Beside, IsProtobuf = true },
        new("torch-zip", TorchSeeds.ZipFiles),
        new("torch-pickle", TorchSeeds.Pickles) { Words = TorchSeeds.Words, Container = pickle => TorchWriter.Zip(pickle) },
        new("torch-legacy", TorchSeeds.LegacyFiles) { Words = TorchSeeds.Words },
        new("torch-tar", TorchSeeds.TarFiles),
        new("gguf", GgufSeeds.Files) { Words = GgufSeeds.Words },
        new("hdf5", KerasSeeds.Hdf5Files) { Words = KerasSeeds.Words, Container = Hdf5Checksums.Corrected },
        new("keras-archive", KerasSeeds.Archives),
        new("npy", NumPySeeds.Arrays) { Words = NumPySeeds.Words },
        new("npy-header", NumPySeeds.Headers) { Words = NumPySeeds.Words, Container = header => NumPySeeds.Array(header) },
        new("npz", NumPySeeds.Archives),
        new("unknown", UnknownSeeds.Files),
        new("policy", PolicySeeds.Files) { Words = PolicySeeds.Words, FileName = "weightwatcher.yml", IsPolicy = true },
    ];

    /// <summary>The one of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ReaderTarget Find(string name) => All.FirstOrDefault(t => t.Name == name) ?? throw new ArgumentException($"there is no reader '{name}'", nameof(name));
}
