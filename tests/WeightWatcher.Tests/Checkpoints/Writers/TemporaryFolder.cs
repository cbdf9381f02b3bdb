namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>A folder of one test, deleted with everything in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string SharedMemory = "/dev/shm";

    /// <summary>Makes the folder.</summary>
    /// <param name="inMemory">True for a folder that no disk keeps, where the system has such.</param>
    public TemporaryFolder(bool inMemory = false) => Path = inMemory && Directory.Exists(SharedMemory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(SharedMemory, $"weightwatcher-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("weightwatcher-").FullName;

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The full path of a file in it.</summary>
    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file, making folders where needed, and returns its full path.</summary>
    public string Write(string name, params byte[] bytes)
    {
        string path = File(name.Split('/'));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
