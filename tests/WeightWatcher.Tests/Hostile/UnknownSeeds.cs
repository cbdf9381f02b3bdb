using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>Files that are no model, so that telling what they are is attacked as well.</summary>
internal static class UnknownSeeds
{
    public static ImmutableArray<Seed> Files { get; } =
    [
        Text("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"),
        Text("html", "<!DOCTYPE html>\n<html><head><title>404</title></head></html>"),
        Text("python", "#!/usr/bin/env python\nimport torch\n\nclass Net(torch.nn.Module):\n    pass\n"),
        Text("json", "{\"model_type\": \"llama\", \"layers\": [1, 2]}"),
        Text("xml", "<?xml version=\"1.0\"?>\n<net name=\"x\"/>"),
        new("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        new("archive", new ZipWriter().Add("hello.txt", "hello"u8.ToArray()).ToArray()),
        new("members", new TarWriter().Add("readme", "hello"u8.ToArray()).Bytes),
        new("flatbuffer", [0x1C, 0, 0, 0, .. "TFL3"u8, .. new byte[64]]),
        new("program", [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[57]]),
    ];

    private static Seed Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
