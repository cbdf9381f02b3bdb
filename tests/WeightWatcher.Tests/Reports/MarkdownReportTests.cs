using System.Text;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using WeightWatcher.Reports;

namespace WeightWatcher.Tests.Reports;

/// <summary>The Markdown says what was found and nothing that a name in a model wants it to say.</summary>
public sealed class MarkdownReportTests
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks(new AutoLinkOptions()).UseEmphasisExtras().Build();

    private static readonly string[] OwnElements = ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<sub>", "</sub>"];

    [Fact]
    public void Every_byte_is_known() => Golden.Verify("hostile.report.md", Render(HostileResult.Of()));

    [Fact]
    public void A_name_makes_no_markup_of_its_own()
    {
        MarkdownDocument document = Parse(HostileResult.Of());
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.All(document.Descendants<HtmlInline>(), html => Assert.Contains(html.Tag, OwnElements));
        Assert.All(document.Descendants<HtmlBlock>(), html => Assert.Matches("^(</?details>\n?|<summary>[^<>]*</summary>\n?)+$", html.Lines.ToString() + "\n"));
        string[] headings = [.. document.Descendants<HeadingBlock>().Select(h => string.Concat(h.Inline!.Descendants<LiteralInline>().Select(l => l.Content.ToString())))];
        Assert.DoesNotContain(headings, h => h.Trim() == "heading");
    }

    [Fact]
    public void Every_layer_has_a_row_that_shows_its_name_and_as_many_cells_as_the_head()
    {
        MarkdownDocument document = Parse(HostileResult.Of());
        Table layers = document.Descendants<Table>().Last();
        TableRow[] rows = [.. layers.OfType<TableRow>()];
        Assert.Equal(HostileResult.Names.Length + 1, rows.Length);
        Assert.All(rows, row => Assert.Equal(11, row.Count));
        string[] names = [.. rows.Skip(1).Select(row => Text((TableCell)row[1]))];
        Assert.Equal(HostileResult.Names.Select(ReportText.Line).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void How_the_weights_changed_stands_beside_the_changes()
    {
        MarkdownDocument document = Parse(HostileResult.WithKinds("learned", "low rank (4)", "rounded to bf16"));
        Table changes = document.Descendants<Table>().Single(t => Text((TableCell)((TableRow)t[0])[2]) == "Δ" && t.Count <= 11);
        Assert.All(changes.OfType<TableRow>(), row => Assert.Equal(6, row.Count));
        Assert.All(changes.OfType<TableRow>().Skip(1), row => Assert.Contains(Text((TableCell)row[5]), (string[])["learned", "low rank (4)", "rounded to bf16"]));
        Assert.Contains("The weights of the others: 4 learned, 4 low rank, 4 rounded to bf16.", Encoding.UTF8.GetString(Render(HostileResult.WithKinds("learned", "low rank (4)", "rounded to bf16"))), StringComparison.Ordinal);
        Assert.DoesNotContain("The weights of the others", Encoding.UTF8.GetString(Render(HostileResult.Of())), StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_text_cannot_mention_refer_or_link() =>
        Assert.All(["@team", "#123", "http://x.example", "www.x.example"], text =>
        {
            string html = Markdown.ToHtml(MarkdownText.Sentence(text), GitHub);
            Assert.DoesNotContain("<a ", html);
            Assert.Contains('\u200B', html);
        });

    [Theory]
    [InlineData(13)]
    [InlineData(200)]
    [InlineData(2000)]
    public void A_comment_is_never_too_long_and_says_what_it_leaves_out(int layers)
    {
        byte[] comment = Render(HostileResult.Large(layers));
        Assert.InRange(comment.Length, 1000, MarkdownReport.CommentBytes);
        string text = Encoding.UTF8.GetString(comment);
        Assert.Equal(Lines(text, "<details>"), Lines(text, "</details>"));
        Assert.Equal(layers > 1000, text.Contains(" more layers; the other reports have them all.", StringComparison.Ordinal));
        Assert.Contains("## ❌", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(9000)]
    [InlineData(1_000_000)]
    public void A_text_keeps_to_any_size(int mostBytes) =>
        Assert.InRange(Encoding.UTF8.GetByteCount(MarkdownReport.Write(HostileResult.Large(500), null, mostBytes)), 1, mostBytes);

    [Fact]
    public void The_bytes_are_the_same_in_every_culture_and_hold_no_path_of_the_machine()
    {
        byte[][] texts = [.. Cultures.Each(() => Render(HostileResult.Of()))];
        Assert.All(texts, t => Assert.Equal(texts[0], t));
        Assert.DoesNotContain(HostileResult.Project, Encoding.UTF8.GetString(texts[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_could_not_be_judged_says_so()
    {
        GateResult result = ModelGate.Run(new GateRequest { ArtifactPath = Path.Combine(HostileResult.Project, "no|such.onnx"), Policy = Policy.WellTrained }, TestContext.Current.CancellationToken);
        string text = Encoding.UTF8.GetString(Render(result));
        Assert.StartsWith("## ❌ <code>no&#124;such&#46;onnx</code> could not be judged", text, StringComparison.Ordinal);
        Assert.Contains("**What to do:**", text, StringComparison.Ordinal);
    }

    private static byte[] Render(GateResult result) => ReportWriter.Render(result, "markdown", HostileResult.Project)!;

    private static MarkdownDocument Parse(GateResult result) => Markdown.Parse(Encoding.UTF8.GetString(Render(result)), GitHub);

    private static string Text(TableCell cell) =>
        string.Concat(cell.Descendants<Inline>().Select(i => i switch
        {
            LiteralInline literal => literal.Content.ToString(),
            CodeInline code => code.Content,
            HtmlEntityInline entity => entity.Transcoded.ToString(),
            _ => "",
        }));

    private static int Lines(string text, string part) => text.Split('\n').Count(line => line == part);
}
