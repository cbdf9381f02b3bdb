using System.Collections.Immutable;
using WeightWatcher.Artifacts;
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
        foreach ((string path, long address, Hdf5Dataset dataset) in contents.Datasets)
        {
            string name = isKeras ? KerasNames.OfTensor(path) : path;
            if (!names.Add(name))
                throw new ArtifactException(ArtifactCodes.DuplicateTensor, "two datasets of the file have this name") { Tensor = name };
            if (dataset.Elements is { } elements)
            {
                tensors.Add(new ContiguousTensor(name, dataset.Shape, dataset.Count, dataset.Type.Encoding!, dataset.Type.Name, elements, 0, dataset.Type.IsBigEndian)
                {
                    Layout = isKeras ? KerasNames.Layout(name, dataset.Shape.Length) : TensorLayout.Unspecified,
                    IsOptimizerState = isKeras && KerasNames.IsOptimizerState(path),
                    StorageIdentity = address,
                });
            }
            else
            {
                unreadable.Add(new UnreadableTensor(name, dataset.Shape, dataset.WhyUnreadable!));
            }
        }

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
