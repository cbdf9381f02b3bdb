namespace WeightWatcher.Checkpoints.Detection;

/// <summary>The marks at the start of well-known binary files.</summary>
internal static class BinarySignatures
{
    /// <summary>One mark.</summary>
    /// <param name="Offset">Where it stands.</param>
    /// <param name="Mark">Its bytes, in Latin-1.</param>
    /// <param name="What">What has it, with its article.</param>
    private sealed record Signature(int Offset, string Mark, string What);

    private static readonly Signature[] Known =
    [
        new(0, "\u001f\u008b", "a gzip-compressed file (unpack it first)"),
        new(0, "7z\u00bc\u00af\u0027\u001c", "a 7-Zip archive (unpack it first)"),
        new(0, "Rar!\u001a\u0007", "a RAR archive (unpack it first)"),
        new(0, "\u00fd7zXZ\0", "an xz-compressed file (unpack it first)"),
        new(0, "\u0028\u00b5\u002f\u00fd", "a Zstandard-compressed file (unpack it first)"),
        new(0, "\u0004\"M\u0018", "an LZ4-compressed file (unpack it first)"),
        new(0, "ptrt", "a TensorRT engine (compiled for one device; check the model that it was built from)"),
        new(0, "ftrt", "a TensorRT engine (compiled for one device; check the model that it was built from)"),
        new(4, "TFL3", "a TensorFlow Lite model"),
        new(4, "ORTM", "an ONNX Runtime model in ORT format (check the .onnx model that it was converted from)"),
        new(4, "ET12", "an ExecuTorch program"),
        new(0, "GGUF", "a GGUF model"),
        new(0, "lmgg", "a GGML model of the format before GGUF"),
        new(0, "tjgg", "a GGML model of the format before GGUF"),
        new(0, "\u0093NUMPY", "a NumPy array"),
        new(0, "%PDF-", "a PDF document"),
        new(0, "\u0089PNG\r\n\u001a\n", "a PNG image"),
        new(0, "\u00ff\u00d8\u00ff", "a JPEG image"),
        new(0, "GIF87a", "a GIF image"),
        new(0, "GIF89a", "a GIF image"),
        new(0, "\u007fELF", "an ELF program or library"),
        new(0, "\u00cf\u00fa\u00ed\u00fe", "a Mach-O program or library"),
        new(0, "\u00ca\u00fe\u00ba\u00be", "a Java class or a Mach-O program"),
        new(0, "\0asm", "a WebAssembly module"),
        new(0, "SQLite format 3\0", "an SQLite database"),
        new(0, "PAR1", "a Parquet file"),
        new(0, "ARROW1", "an Arrow file"),
        new(0, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", "an Office document"),
        new(0, "!<arch>\n", "a static library"),
        new(0, "RKNN", "an RKNN model"),
        new(257, "ustar", "a tar archive (unpack it first)"),
        new(0, "BZh", "a bzip2-compressed file (unpack it first)"),
    ];

    /// <summary>The signature of HDF5 (File Format Specification 3.0, section II.A).</summary>
    public static ReadOnlySpan<byte> Hdf5 => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <summary>What the bytes begin, with its article, or null.</summary>
    public static string? Find(ReadOnlySpan<byte> head)
    {
        foreach (Signature signature in Known)
        {
            if (Matches(head, signature))
                return signature.What;
        }

        return IsWindowsProgram(head) ? "a Windows program or library"
            : IsPickle(head) ? "a Python pickle that holds no PyTorch checkpoint"
            : IsTokenizer(head) ? "a SentencePiece tokenizer"
            : IsSavedModel(head) ? "a TensorFlow SavedModel (save the model as .keras or .h5, or convert it to ONNX)"
            : null;
    }

    private static bool Matches(ReadOnlySpan<byte> head, Signature signature)
    {
        if (head.Length < signature.Offset + signature.Mark.Length)
            return false;
        for (int i = 0; i < signature.Mark.Length; i++)
        {
            if (head[signature.Offset + i] != signature.Mark[i])
                return false;
        }

        return true;
    }

    private static bool IsWindowsProgram(ReadOnlySpan<byte> head)
    {
        if (head.Length < 64 || !head.StartsWith("MZ"u8))
            return false;
        int at = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(head[60..]);
        return at >= 64 && at <= head.Length - 4 && head[at..].StartsWith("PE\0\0"u8);
    }

    /// <summary>PROTO with a version from 2 to 5, then an opcode that pickles begin with.</summary>
    private static bool IsPickle(ReadOnlySpan<byte> head) =>
        head.Length >= 3 && head[0] == 0x80 && head[1] is >= 2 and <= 5 && head[2] is 0x95 or (byte)'}' or (byte)']' or (byte)'c' or (byte)'(' or 0x8a or (byte)'X' or 0x8c;

    /// <summary>Schema version 1, then a graph with its meta information, whose list of operators or tags are those of TensorFlow.</summary>
    private static bool IsSavedModel(ReadOnlySpan<byte> head) =>
        head.StartsWith<byte>([0x08, 0x01, 0x12]) && (head.IndexOf("VarHandleOp"u8) >= 0 || head.IndexOf("\u0005serve"u8) >= 0 || head.IndexOf("ReadVariableOp"u8) >= 0);

    /// <summary>The first piece of a SentencePiece model is the unknown token.</summary>
    private static bool IsTokenizer(ReadOnlySpan<byte> head) =>
        head.Length >= 16 && head[0] == 0x0a && head[..16].IndexOf("<unk>"u8) >= 0;
}
