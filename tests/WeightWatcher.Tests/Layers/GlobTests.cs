using System.Text.RegularExpressions;
using CsCheck;
using WeightWatcher.Layers;

namespace WeightWatcher.Tests.Layers;

public sealed class GlobTests
{
    [Theory]
    [InlineData("**", "encoder.0.fc1", true)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("encoder.*", "encoder.0.fc1", true)]
    [InlineData("encoder.*", "decoder.0.fc1", false)]
    [InlineData("encoder.*", "encoder", false)]
    [InlineData("*embed*", "tok_embeddings", true)]
    [InlineData("fc?", "fc1", true)]
    [InlineData("fc?", "fc", false)]
    [InlineData("fc?", "fc12", false)]
    [InlineData("FC1", "fc1", false)]
    [InlineData("a.b", "axb", false)]
    [InlineData("[ab]", "a", false)]
    [InlineData("[ab]", "[ab]", true)]
    [InlineData("*.weight", "layer.weight", true)]
    [InlineData("a*b*c", "a--b--b--c", true)]
    [InlineData("a*b*c", "a--c--b", false)]
    public void A_pattern_matches_whole_names(string pattern, string name, bool expected) =>
        Assert.Equal(expected, Glob.IsMatch(pattern, name));

    [Fact]
    public void Any_pattern_agrees_with_the_regular_expression_that_defines_it() =>
        Gen.Select(Gen.String[Gen.Char["ab.*?"], 0, 8], Gen.String[Gen.Char["ab."], 0, 10])
            .Sample((pattern, name) =>
            {
                string defined = Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal);
                return Glob.IsMatch(pattern, name) == Regex.IsMatch(name, $"^{defined}$", RegexOptions.CultureInvariant);
            });

    [Fact]
    public void A_pattern_that_makes_backtracking_matchers_hang_ends() =>
        Assert.False(Glob.IsMatch(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 5000)));
}
