using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>NumPy arrays, their headers, and archives of arrays.</summary>
internal static class NumPySeeds
{
    private const int DataBytes = 48;

    public static ImmutableArray<Seed> Arrays { get; } =
    [
        new("matrix", NpyWriter.Array([3, 2], 1, 2, 3, 4, 5, 6)),
        new("fortran", NpyWriter.Array(">f8", [2, 2], new byte[32], fortran: true, version: 2)),
        new("half", NpyWriter.Array("<f2", [4], new byte[8], version: 3)),
        new("integers", NpyWriter.Array("|i1", [5], new byte[5])),
        new("fields", NpyWriter.Raw("{'descr': [('a', '<f4'), ('b', '<i2', (2,))], 'fortran_order': False, 'shape': (1,)}", new byte[8])),
    ];

    public static ImmutableArray<Seed> Headers { get; } =
    [
        Text("single", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"),
        Text("scalars", "{\"shape\": (6,), 'fortran_order': True, \"descr\": '>f8'}"),
        Text("fields", "{'descr': [('x', [('y', '<f4')]), (('t', 'n'), '<i8', (2, 2))], 'fortran_order': False, 'shape': ()}"),
    ];

    public static ImmutableArray<Seed> Archives { get; } =
    [
        new("stored", new ZipWriter().Add("a.npy", NpyWriter.Array([2, 2], 1, 2, 3, 4)).Add("b/c.npy", NpyWriter.Array("|V2", [1], [1, 2])).Add("readme.txt", "hello"u8.ToArray()).ToArray()),
        new("deflated", new ZipWriter().Add(new ZipItem("a.npy", NpyWriter.Array([2, 2], 1, 2, 3, 4)) { Deflate = true }).ToArray()),
    ];

    public static ImmutableArray<string> Words { get; } =
    [
        "'descr'", "'fortran_order'", "'shape'", "True", "False", "(", ")", ",", "[", "]", "'|O'", "'O'", "'<f4'", "'>f2'", "'|V2'", "'<c16'", "'<M8[ns]'", "'<U5'", "-1", "9223372036854775807", "0x10", "1L", "\\x00",
    ];

    /// <summary>A header with its true length before it and data behind it.</summary>
    public static byte[] Array(byte[] header) => NpyWriter.WithLength(header, (uint)header.Length, new byte[DataBytes], version: 2);

    private static Seed Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
