using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Detection;

public class ContentDetectionTests
{
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n", "WWG2005", "12345 bytes")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "WWG2005", "git lfs pull")]
    [InlineData("<!DOCTYPE html>\n<html><head><title>Sign in</title>", "WWG2006", "'Sign in'")]
    [InlineData("\ufeff\n <HTML lang='en'>", "WWG2006", "HTML")]
    [InlineData("<!-- cached --><!-- twice -->\n<html>", "WWG2006", "HTML")]
    [InlineData("<?xml version='1.0'?><!DOCTYPE html><html/>", "WWG2006", "HTML")]
    [InlineData("<?xml version='1.0'?><net name='openvino'/>", "WWG2007", "XML")]
    [InlineData("<!-- never closed", "WWG2007", "text")]
    [InlineData("import torch\nprint(1)\n", "WWG2007", "Python")]
    [InlineData("#!/usr/bin/env python3\nx = 1\n", "WWG2007", "Python")]
    [InlineData("from torch import nn\n\nclass Net(nn.Module):\n    pass\n", "WWG2007", "Python")]
    [InlineData("{\"model_type\": \"llama\", \"hidden_size\": 64}", "WWG2007", "JSON")]
    [InlineData("[1, 2, 3]", "WWG2007", "JSON")]
    [InlineData("{\"version\": \"1.0\", \"truncation\": null, \"added_tokens\": []}", "WWG2007", "a tokenizer (JSON)")]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 8}", "WWG2007", "the settings of an adapter (JSON)")]
    [InlineData("{\"architectures\": [\"BertModel\"]}", "WWG2007", "the configuration of a model (JSON)")]
    [InlineData("{}", "WWG2007", "JSON")]
    [InlineData("version: 1\nrules:\n  - id: x\n", "WWG2007", "YAML")]
    [InlineData("ir_version: 8\nproducer_name: \"x\"\ngraph {\n}\n", "WWG2007", "text format")]
    [InlineData("404: Not Found", "WWG2007", "404: Not Found")]
    [InlineData("   \n ", "WWG2007", "white space")]
    [InlineData("\u6a21\u578b\u304c\u3042\u308a\u307e\u305b\u3093", "WWG2007", "text")]
    public void Text_says_what_it_is(string text, string code, string said) => Says(Encoding.UTF8.GetBytes(text), code, said);

    [Theory]
    [InlineData("1f8b0800000000000003", "gzip")]
    [InlineData("377abcaf271c0004", "7-Zip")]
    [InlineData("526172211a070100", "RAR")]
    [InlineData("fd377a585a000004", "xz")]
    [InlineData("28b52ffd0458", "Zstandard")]
    [InlineData("425a683931415926", "bzip2")]
    [InlineData("7074727400000000", "TensorRT")]
    [InlineData("1c00000054464c331400200004", "TensorFlow Lite")]
    [InlineData("180000004f52544d00000000", "ORT format")]
    [InlineData("255044462d312e370a", "PDF")]
    [InlineData("89504e470d0a1a0a0000000d49484452", "PNG")]
    [InlineData("7f454c4602010100", "ELF")]
    [InlineData("80049503000000000000005d942e", "pickle")]
    [InlineData("0a0e0a053c756e6b3e1500000000180200", "SentencePiece")]
    [InlineData("0801120f0a0d0a0b0a0b56617248616e646c654f70", "TensorFlow SavedModel")]
    public void Binary_kinds_say_what_they_are(string hex, string said) => Says(Convert.FromHexString(hex), "WWG2008", said);

    [Fact]
    public void A_zip_archive_of_other_things_says_so()
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("readme.txt").Open();
            entry.Write("hello"u8);
        }

        Says(stream.ToArray(), "WWG2008", "readme.txt");
    }

    [Fact]
    public void A_zip_archive_that_was_cut_off_is_truncated() =>
        Assert.Equal("WWG2003", Opened.Refused([.. "PK\u0003\u0004"u8, .. new byte[100]]).Code.Id);

    [Fact]
    public void A_tar_archive_says_so()
    {
        byte[] tar = new byte[1024];
        "weights.bin"u8.CopyTo(tar);
        "ustar"u8.CopyTo(tar.AsSpan(257));
        Says(tar, "WWG2008", "tar");
    }

    [Fact]
    public void Text_in_utf16_is_text() => Says([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("import torch\n")], "WWG2007", "Python");

    [Fact]
    public void Text_whose_head_ends_inside_a_character_is_text() => Says(Encoding.UTF8.GetBytes("x" + new string('\u00e9', 5000)), "WWG2007", "text");

    [Fact]
    public void Random_bytes_are_of_no_known_format()
    {
        Random random = new(7);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            bytes[0] |= 0xc1; // not the start of a signature, of a pickle or of a small length
            bytes[0] &= 0xf7;
            string code = Opened.Refused(bytes).Code.Id;
            Assert.True(code is "WWG2004" or "WWG2007", $"input {i} gave {code}");
        }
    }

    [Fact]
    public void Zero_bytes_say_that_the_download_was_never_finished() => Says(new byte[5000], "WWG2004", "never finished");

    [Fact]
    public void A_missing_file_is_not_found()
    {
        using TemporaryFolder folder = new();
        Assert.Equal("WWG2001", Opened.Refusal(() => CheckpointReader.Open(folder.File("none.onnx"))).Code.Id);
        Assert.Equal("WWG2001", Opened.Refusal(() => CheckpointReader.Open(folder.File("no", "such", "folder.onnx"))).Code.Id);
    }

    [Fact]
    public void An_empty_file_is_empty()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("empty.onnx");
        Assert.Equal("WWG2002", Opened.Refusal(() => CheckpointReader.Open(path)).Code.Id);
    }

    [Fact]
    public void A_folder_is_not_a_file()
    {
        using TemporaryFolder folder = new();
        Assert.Equal("WWG2009", Opened.Refusal(() => CheckpointReader.Open(folder.Path)).Code.Id);
    }

    [Fact]
    public void A_pipe_does_not_block()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "named pipes are not files on Windows");
        using TemporaryFolder folder = new();
        string pipe = folder.File("pipe.onnx");
        using (Process mkfifo = Process.Start("mkfifo", pipe))
            mkfifo.WaitForExit();
        Assert.Equal("WWG2002", Opened.Refusal(() => CheckpointReader.Open(pipe)).Code.Id);
    }

    [Fact]
    public void A_link_to_an_artifact_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        using TemporaryFolder folder = new();
        string real = folder.Write("blobs/abc", SafetensorsWriter.Bytes(("w", [1], [2])));
        Directory.CreateDirectory(folder.File("snapshots"));
        string link = folder.File("snapshots", "model.safetensors");
        File.CreateSymbolicLink(link, real);
        using Checkpoint checkpoint = CheckpointReader.Open(link, TestContext.Current.CancellationToken);
        Assert.Equal([2], checkpoint.Tensors[0].Values());
    }

    [Fact]
    public void The_extension_does_not_matter()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.onnx", SafetensorsWriter.Bytes(("w", [1], [2])));
        using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
        Assert.Equal("safetensors", checkpoint.Format);
    }

    private static void Says(byte[] bytes, string code, string said)
    {
        ArtifactException refusal = Opened.Refused(bytes);
        Assert.Equal(code, refusal.Code.Id);
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
    }
}
