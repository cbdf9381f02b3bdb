using System.Text;
using WeightWatcher.Codes;

namespace WeightWatcher.Tests.Policies;

public sealed class PolicyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-policy-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_policy_is_read_in_unicode_with_or_without_a_mark(string encoding)
    {
        string path = Write("weightwatcher.yml", [.. Encoding.GetEncoding(encoding).GetPreamble(), .. Encoding.GetEncoding(encoding).GetBytes("version: 1\r\nextends: well-trained\r\nbaseline: { path: bäse/main.onnx }\r\n")]);
        Policy policy = Policy.Load(path);
        Assert.Equal(("weightwatcher.yml", path, Path.Combine(_folder, "bäse", "main.onnx")), (policy.Name, policy.FilePath, policy.BaselinePath));
    }

    [Fact]
    public void A_rule_keeps_its_file_and_line_and_an_inherited_one_the_place_where_it_is_extended()
    {
        string path = Write("p.yml", "# yaml-language-server: $schema=x\nversion: 1\nextends: well-trained\nrules:\n  - { id: own, metric: alpha, max: 6 }\n"u8);
        Policy policy = Policy.Load(path);
        Assert.Equal((path, "p.yml", 5, 5), (policy.Rules[^1].File, policy.Rules[^1].Source, policy.Rules[^1].Line, policy.Rules[^1].Column));
        Assert.Equal((path, "well-trained (built-in)", 3, 10), (policy.Rules[0].File, policy.Rules[0].Source, policy.Rules[0].Line, policy.Rules[0].Column));
        Assert.Equal(Policy.WellTrained.Rules[0].Line, policy.Rules[0].SourceLine);
    }

    [Fact]
    public void A_missing_file_says_where_it_was_looked_for()
    {
        PolicyException fault = Assert.Throws<PolicyException>(() => Policy.Load(Path.Combine(_folder, "nowhere", "p.yml")));
        Assert.Equal(PolicyFileCodes.NotFound, fault.Code);
        Assert.Contains(_folder, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_a_policy_is_refused_before_it_is_parsed()
    {
        Assert.Equal(PolicyFileCodes.TooLarge, Code(Write("large.yml", new byte[(1 << 20) + 1])));
        Assert.Equal(PolicyFileCodes.Unreadable, Code(Write("latin1.yml", [0x76, 0xE4, 0x0A])));
        Assert.Equal(PolicyFileCodes.Unreadable, Code(_folder));
        Assert.Equal(PolicyFileCodes.Empty, Code(Write("empty.yml", [])));
    }

    private static DiagnosticCode Code(string path) => Assert.Throws<PolicyException>(() => Policy.Load(path)).Code;

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content.ToArray());
        return path;
    }
}
