using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Composition;
using WeightWatcher.Checkpoints.Hdf5;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Keras;

/// <summary>Makes a checkpoint of the datasets of an HDF5 file.</summary>
internal static class KerasTensors
{
    /// <summary>Describes the tensors of a file.</summary>
    /// <param name="file">The artifact.</param>
    /// <param name="hdf5">The HDF5 file: the artifact itself, or an entry of it.</param>
    /// <param name="origin">Where <paramref name="hdf5"/> starts in the artifact, for messages.</param>
    /// <param name="keras">The format when Keras wrote the file.</param>
    /// <param name="plain">The format when something else did.</param>
    /// <param name="meter">The budget.</param>
    public static Checkpoint Read(ArtifactFile file, ByteSource hdf5, long origin, string keras, string plain, ReadMeter meter)
    {
        Hdf5Contents contents = Hdf5Contents.Read(hdf5, origin, meter);
        bool isKeras = KerasNames.AreOfKeras(contents.RootAttributes, contents.Datasets.Select(d => d.Path));
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>();
        ImmutableArray<UnreadableTensor>.Builder unreadable = ImmutableArray.CreateBuilder<UnreadableTensor>();
        HashSet<string> names = new(StringComparer.Ordinal);
        Dictionary<string, ImmutableArray<long>> shapes = new(StringComparer.Ordinal);
        foreach ((string path, _, Hdf5Dataset dataset) in isKeras ? contents.Datasets : [])
            shapes.TryAdd(KerasNames.OfTensor(path), dataset.Shape);
        foreach ((string path, long address, Hdf5Dataset dataset) in contents.Datasets)
        {
            string name = isKeras ? KerasNames.OfTensor(path) : path;
            if (!names.Add(name))
                throw new ArtifactException(ArtifactCodes.DuplicateTensor, "two datasets of the file have this name") { Tensor = name };
            if (dataset.Elements is { } elements)
            {
                ContiguousTensor tensor = new(name, dataset.Shape, dataset.Count, dataset.Type.Encoding!, dataset.Type.Name, elements, 0, dataset.Type.IsBigEndian)
                {
                    Layout = isKeras ? KerasNames.Layout(name, dataset.Shape.Length) : TensorLayout.Unspecified,
                    IsOptimizerState = isKeras && KerasNames.IsOptimizerState(path),
                    StorageIdentity = (file.Path, address),
                };
                if (isKeras && KerasNames.IsBias(name, dataset.Shape, KernelShape(name)))
                    tensors.Add(new ReshapedTensor(name, tensor, [dataset.Count]) { StorageIdentity = (file.Path, address) });
                else if (!isKeras || !KerasNames.IsEinsum(name, dataset.Shape, BiasShape(name), out ImmutableArray<long>? matrix))
                    tensors.Add(tensor);
                else if (matrix is { } shape)
                    tensors.Add(new ReshapedTensor(name, tensor, shape) { StorageIdentity = (file.Path, address) });
                else
                    unreadable.Add(UnreadableTensor.Weight(name, dataset.Shape, "an EinsumDense kernel without a bias: only the model's configuration says which axes are outputs"));
            }
            else
            {
                unreadable.Add(new UnreadableTensor(name, dataset.Shape, dataset.WhyUnreadable!) { Parameters = dataset.Type.Encoding is { IsFloatingPoint: true } ? UnreadableTensor.Weight(name, dataset.Shape, "").Parameters : 0 });
            }
        }

        ImmutableArray<long>? BiasShape(string name) =>
            (name.EndsWith("/0", StringComparison.Ordinal) || name.EndsWith("kernel", StringComparison.Ordinal)) && shapes.TryGetValue(KerasNames.BiasOf(name), out ImmutableArray<long> shape) ? shape : null;

        ImmutableArray<long>? KernelShape(string name) => KerasNames.KernelOf(name) is { } kernel && shapes.TryGetValue(kernel, out ImmutableArray<long> shape) ? shape : null;

        return new Checkpoint
        {
            Format = isKeras ? keras : plain,
            Tensors = tensors.ToImmutable(),
            Unreadable = unreadable.ToImmutable(),
            Files = [file],
            Notes = contents.Notes,
        };
    }
}
