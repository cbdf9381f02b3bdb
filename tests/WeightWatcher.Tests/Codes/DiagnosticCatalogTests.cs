using System.Text.RegularExpressions;
using WeightWatcher.Codes;

namespace WeightWatcher.Tests.Codes;

public sealed class DiagnosticCatalogTests
{
    [Fact]
    public void Every_family_is_in_the_catalogue()
    {
        IEnumerable<string> declared = typeof(DiagnosticCode).Assembly.GetTypes()
            .SelectMany(type => type.GetFields().Where(field => field.IsStatic && field.FieldType == typeof(DiagnosticCode)))
            .Select(field => ((DiagnosticCode)field.GetValue(null)!).Id)
            .Order(StringComparer.Ordinal);
        Assert.Equal(declared, DiagnosticCatalog.All.Select(code => code.Id));
    }

    [Fact]
    public void No_code_is_given_twice() =>
        Assert.Equal(DiagnosticCatalog.All.Length, DiagnosticCatalog.All.Select(code => code.Id).Distinct().Count());

    [Fact]
    public void No_title_is_given_twice_and_none_ends_with_a_full_stop()
    {
        Assert.Equal(DiagnosticCatalog.All.Length, DiagnosticCatalog.All.Select(code => code.Title).Distinct().Count());
        Assert.DoesNotContain(DiagnosticCatalog.All, code => code.Title.EndsWith('.'));
    }

    [Fact]
    public void Every_code_is_letters_then_four_digits_of_a_known_family() =>
        Assert.All(DiagnosticCatalog.All, code => Assert.Matches(new Regex("^WWG[1-5][0-9]{3}$"), code.Id));

    [Fact]
    public void A_code_is_found_by_its_id()
    {
        Assert.Same(ArtifactCodes.Truncated, DiagnosticCatalog.Find("WWG2003"));
        Assert.Null(DiagnosticCatalog.Find("WWG9999"));
    }
}
