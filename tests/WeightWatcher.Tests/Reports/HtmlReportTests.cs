using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using WeightWatcher.Reports;
using WeightWatcher.Reports.Html;
using WeightWatcher.Spectra;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Reports;

/// <summary>The page stands alone, runs nothing but its own script, and shows a person everything whatever a layer is called.</summary>
public sealed partial class HtmlReportTests
{
    [Fact]
    public void A_name_makes_no_element_and_no_attribute_of_its_own()
    {
        string page = Render(WithPictures(HostileResult.Of(), 1));
        XElement body = Body(page);
        string[] own =
        [
            "a", "article", "b", "body", "button", "circle", "clipPath", "code", "dd", "desc", "details", "div", "dl", "dt", "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "header", "input", "label",
            "li", "main", "p", "path", "rect", "script", "section", "small", "span", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul", "wbr",
        ];
        Assert.Empty(body.DescendantsAndSelf().Select(e => e.Name.LocalName).Except(own));
        Assert.Single(body.Descendants("script"));
        Assert.Single(body.Descendants("table"));
        Assert.DoesNotContain(body.DescendantsAndSelf().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name.LocalName == "style");
        Assert.All(HostileResult.Names, name => Assert.Contains(body.Descendants("th").Select(th => th.Value), shown => shown.StartsWith(ReportText.Line(name), StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_is_loaded_and_only_its_own_style_and_script_are_allowed()
    {
        string page = Render(WithPictures(HostileResult.Of(), 1));
        string policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains(Hash(Between(page, "<style>", "</style>")), policy, StringComparison.Ordinal);
        Assert.Contains(Hash(Between(page, "<script>", "</script>")), policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        XElement body = Body(page);
        Assert.All(body.Descendants().Attributes("href"), href => Assert.StartsWith("#", href.Value, StringComparison.Ordinal));
        Assert.Empty(body.Descendants().Attributes("src"));
        Assert.DoesNotContain("url(", Between(page, "<style>", "</style>"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_has_its_target_and_every_id_is_unique()
    {
        XElement body = Body(Render(WithPictures(HostileResult.Of(), 1)));
        string[] ids = [.. body.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.Equal(ids, ids.Distinct());
        Assert.All(body.Descendants().Attributes("href"), href => Assert.Contains(href.Value[1..], ids));
        Assert.All(body.Descendants().Attributes("aria-labelledby").SelectMany(a => a.Value.Split(' ')), id => Assert.Contains(id, ids));
    }

    [Fact]
    public void Pictures_have_a_title_and_a_description_and_tables_their_headings()
    {
        XElement body = Body(Render(WithPictures(HostileResult.Of(), 1)));
        XElement[] pictures = [.. body.Descendants("svg").Where(s => s.Attribute("aria-hidden") is null)];
        // Of the model: two pictures of alpha and the change of rand_distance; alpha itself did not change.
        Assert.Equal((3 * HostileResult.Names.Length) + 3, pictures.Length);
        Assert.All(pictures, p =>
        {
            Assert.Equal("img", p.Attribute("role")?.Value);
            Assert.NotEqual("", p.Element("title")?.Value);
            Assert.NotEqual("", p.Element("desc")?.Value);
        });
        XElement table = body.Descendants("table").Single(t => t.Attribute("id")?.Value == "rows");
        int columns = table.Descendants("th").Count(h => h.Attribute("scope")?.Value == "col");
        Assert.All(table.Element("tbody")!.Elements("tr"), row => Assert.Equal(columns, row.Elements().Count()));
    }

    [Fact]
    public void How_the_weights_changed_stands_in_the_table_and_with_each_layer()
    {
        XElement body = Body(Render(HostileResult.WithKinds("noise", "low rank (4)", "none")));
        XElement table = body.Descendants("table").Single(t => t.Attribute("id")?.Value == "rows");
        int column = table.Descendants("th").Where(h => h.Attribute("scope")?.Value == "col").Select(h => h.Value).ToList().IndexOf("weights");
        Dictionary<string, string> weights = table.Element("tbody")!.Elements("tr").ToDictionary(row => row.Elements().First().Value, row => row.Elements().ElementAt(column).Value);
        Assert.Equal(["new", "noise", "low rank (4)", "unchanged"], new[] { "1", "2", "3", "4" }.Select(number => weights[number]));
        string[] said = [.. body.Descendants("details").Where(d => d.Attribute("class")?.Value == "layer").Select(d => d.Value)];
        Assert.Contains(said, text => text.Contains("a matrix of rank 4", StringComparison.Ordinal));
        Assert.Contains(said, text => text.Contains("noise without structure", StringComparison.Ordinal));
        Assert.Single(said, text => text.Contains("freshly initialised ones (he <normal>)", StringComparison.Ordinal));
        Assert.Contains("How they changed: 4 low rank, 4 noise.", body.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_comes_first_and_then_the_worst()
    {
        string text = Render(HostileResult.Of());
        Assert.Matches("(?s)<header>\\s*<span class=\"stamp fail\">", text);
        Assert.True(text.IndexOf("Metric is above its maximum", StringComparison.Ordinal) < text.IndexOf("Metric fell too far below its baseline", StringComparison.Ordinal));
        Assert.Contains("<b>What to do:</b>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_layers_with_all_pictures_take_less_than_three_megabytes()
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(WithPictures(HostileResult.Large(100), 1500)));
        Assert.InRange(page.Length, 500_000, 3_000_000);
    }

    [Fact]
    public void More_layers_than_have_sections_are_all_in_the_table_and_the_worst_have_pictures()
    {
        XElement body = Body(Render(WithPictures(HostileResult.Large(400), 30)));
        Assert.Equal(400, body.Descendants("tbody").Single().Elements("tr").Count());
        Assert.Equal(HtmlReport.MostSections, body.Descendants("details").Count(d => d.Attribute("class")?.Value == "layer"));
    }

    [Fact]
    public void The_bytes_are_the_same_in_every_culture_and_hold_no_path_of_the_machine()
    {
        string[] pages = [.. Cultures.Each(() => Render(WithPictures(HostileResult.Of(), 40)))];
        Assert.All(pages, page => Assert.Equal(pages[0], page));
        Assert.DoesNotContain(HostileResult.Project, pages[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_could_not_be_judged_has_a_page_too()
    {
        GateResult result = ModelGate.Run(new GateRequest { ArtifactPath = Path.Combine(HostileResult.Project, "<no>.onnx"), Policy = Policy.WellTrained }, TestContext.Current.CancellationToken);
        XElement body = Body(Render(result));
        Assert.Contains("Not judged", body.Descendants("span").First().Value, StringComparison.Ordinal);
        Assert.Equal("<no>.onnx", body.Descendants("h1").Single().Value);
    }

    [Fact]
    public void An_analysed_model_shows_its_spectra_also_from_the_cache()
    {
        using TestModel model = new();
        string path = model.Write(("fc1.weight", [80, 60], TestModel.Trained(80, 60, 1)), ("conv.weight", [16, 12, 3, 3], TestModel.Gaussian(1728, 3)));
        string cache = Path.Combine(Path.GetDirectoryName(path)!, "cache");
        GateRequest request = new() { ArtifactPath = path, Policy = Policy.WellTrained, CacheDirectory = cache };
        string measured = Render(ModelGate.Run(request, TestContext.Current.CancellationToken)), cached = Render(ModelGate.Run(request, TestContext.Current.CancellationToken));
        Assert.Equal(measured, cached);
        Assert.Equal(6, Picture().Count(measured) - 2);
        Assert.DoesNotContain("NaN", Body(measured).Descendants("path").Attributes("d").Aggregate("", (all, d) => all + d.Value), StringComparison.Ordinal);
    }

    [Fact]
    public void An_overview_links_to_each_model_with_those_that_fail_first()
    {
        string page = Encoding.UTF8.GetString(OverviewPage.Render([new("good.onnx", "p", 0, 1, 3, "a warning", "good.onnx.report.html"), new("<bad>.onnx", "p", 2, 0, 3, "an <error>", "<bad> 1.report.html")]));
        XElement[] links = [.. Body(page).Descendants("a").Where(a => a.Attribute("class") is null)];
        Assert.Equal(["%3Cbad%3E%201.report.html", "good.onnx.report.html"], links.Select(a => a.Attribute("href")!.Value));
        Assert.Contains("1 of 2 models fails", page, StringComparison.Ordinal);
    }

    /// <summary>The same result with a spectrum for every layer.</summary>
    private static GateResult WithPictures(GateResult result, int eigenvalues)
    {
        Random random = new(1);
        double[] values = [.. Enumerable.Range(0, Math.Max(eigenvalues, 30)).Select(_ => Math.Pow(1 - random.NextDouble(), -0.7)).Order()];
        double[] permuted = [.. values.Select(v => Math.Min(v, 4)).Order()];
        SpectrumSketch sketch = SpectrumSketch.Of(values, [permuted])!;
        return result with
        {
            Report = result.Report with
            {
                Layers =
                [
                    .. result.Report.Layers.Select(l => l with
                    {
                        Sketch = sketch,
                        Metrics =
                        [
                            .. l.Metrics, new("Q", Metrics.Measurement.Of(2)), new("xmin", Metrics.Measurement.Of(values[values.Length / 2])), new("num_pl_spikes", Metrics.Measurement.Of(values.Length / 2)),
                            new("bulk_max", Metrics.Measurement.Of(4)), new("max_rand_eval", Metrics.Measurement.Of(4)), new("num_traps", Metrics.Measurement.Of(1)),
                        ],
                        Traps = [new TrapReport(4.5, 4.2, "element", 3, 4, 0, 12.5)],
                    }),
                ],
            },
        };
    }

    private static string Render(GateResult result) => Encoding.UTF8.GetString(ReportWriter.Render(result, "html", HostileResult.Project)!);

    /// <summary>The body, read as XML: the page writes every element that needs an end with one, and the others are made to.</summary>
    private static XElement Body(string page)
    {
        string body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.LastIndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        string script = Between(body, "<script>", "</script>");
        body = body.Replace(script, "", StringComparison.Ordinal);
        body = Void().Replace(body, m => m.Value[..^1] + "/>");
        body = Bare().Replace(body, m => $" {m.Groups[1].Value}=\"\"{m.Groups[2].Value}");
        return XElement.Parse(body);
    }

    private static string Between(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    [GeneratedRegex("<(?:input|br)\\b[^>]*>")]
    private static partial Regex Void();

    [GeneratedRegex(" (hidden|open)(>| )")]
    private static partial Regex Bare();

    [GeneratedRegex("role=\"img\"")]
    private static partial Regex Picture();
}
