using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Layers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>
/// One reader under attack: the inputs it starts from, and what it must do with any other: read it, or refuse it with its coded exception, within
/// the memory that the input's size justifies. The mutation run of the tests and the fuzzer share these.
/// </summary>
/// <param name="Name">The name, fit for a folder.</param>
/// <param name="Seeds">Well-formed inputs.</param>
internal sealed record ReaderTarget(string Name, ImmutableArray<Seed> Seeds)
{
    /// <summary>What a file of one kilobyte may allocate, in bytes.</summary>
    public const long AllocationLimit = 16 << 20;

    private const int SmallFile = 1024;
    private const int AllocationPerByte = 160;
    private const int ElementsRead = 4096;
    private const int TensorsRead = 32;

    /// <summary>The name under which the input is opened.</summary>
    public string FileName { get; init; } = "model.bin";

    /// <summary>Files that lie beside the input and stay as they are.</summary>
    public ImmutableArray<Seed> Beside { get; init; } = [];

    /// <summary>What an input is put into, with right lengths and checksums, before it is opened; null when it is the file itself.</summary>
    public Func<byte[], byte[]>? Container { get; init; }

    /// <summary>Words that the format gives a meaning to; mutations insert them.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>True when inputs are protobuf messages, so that a field deep inside can be damaged with all lengths around it right.</summary>
    public bool IsProtobuf { get; init; }

    /// <summary>True when inputs are policies and not artifacts.</summary>
    public bool IsPolicy { get; init; }

    /// <summary>What a file of a size may allocate, in bytes.</summary>
    public static long AllocationLimitOf(long fileBytes) => AllocationLimit + (AllocationPerByte * Math.Max(0L, fileBytes - SmallFile));

    /// <summary>Writes what lies beside the input.</summary>
    public void Prepare(string folder)
    {
        foreach (Seed file in Beside)
            File.WriteAllBytes(Path.Combine(folder, file.Name), file.Bytes);
    }

    /// <summary>Gives an input to the reader.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="folder">A folder that was prepared and that nobody else uses.</param>
    /// <returns>The id of the code with which the input was refused, or null when it was read.</returns>
    /// <exception cref="UncontainedException">More was allocated than the size justifies, or the refusal is not one line with a code of the right family.</exception>
    /// <remarks>Whatever else the reader throws comes out as it is: that is what the caller looks for.</remarks>
    [SuppressMessage("Performance", "CA1859", Justification = "The family of the code follows from the type of the exception.")]
    public string? Run(byte[] input, string folder)
    {
        byte[] bytes = Container?.Invoke(input) ?? input;
        string path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CodedException? refusal = null;
        try
        {
            if (IsPolicy)
                _ = Policy.Load(path);
            else
                Read(path);
        }
        catch (CodedException e) when (IsPolicy ? e is PolicyException : e is ArtifactException)
        {
            refusal = e;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long limit = AllocationLimitOf(bytes.Length);
        if (allocated > limit)
            throw new UncontainedException(FormattableString.Invariant($"{bytes.Length} bytes of {Name} made the reader allocate {allocated} bytes; the limit is {limit} ({refusal?.Message ?? "read"})"));
        if (refusal is not null)
            RequireOneCodedLine(refusal);
        return refusal?.Code.Id;
    }

    private void RequireOneCodedLine(CodedException refusal)
    {
        string family = IsPolicy ? "WWG3" : "WWG2";
        if (!refusal.Code.Id.StartsWith(family, StringComparison.Ordinal))
            throw new UncontainedException($"{Name} was refused with {refusal.Code}, which is no {family}xxx");
        if (!IsPolicy && refusal.Message.AsSpan().IndexOfAny('\n', '\r', '\u001b') >= 0)
            throw new UncontainedException($"the refusal of {Name} is not one line: {refusal.Message}");
    }

    private static void Read(string path)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path);
        foreach (AnalysisOptions options in (ReadOnlySpan<AnalysisOptions>)[AnalysisOptions.Default, AnalysisOptions.Default with { Semantics = Semantics.Compatible, Pool = false }])
            _ = LayerMapper.Map(checkpoint, options);
        double[] values = new double[ElementsRead];
        foreach (Tensor tensor in checkpoint.Tensors.Take(TensorsRead))
        {
            Span<double> part = values.AsSpan(0, (int)Math.Min(tensor.Count, values.Length));
            tensor.Read(0, part);
            tensor.Read(tensor.Count - part.Length, part);
        }
    }
}
