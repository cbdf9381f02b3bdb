using System.Globalization;
using System.Text;
using WeightWatcher.Reports.Html;

namespace WeightWatcher.Reports;

/// <summary>One model of an overview.</summary>
/// <param name="Artifact">The artifact's path as it is shown.</param>
/// <param name="Policy">The policy as it is shown.</param>
/// <param name="Errors">The number of errors.</param>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Layers">The number of analysed layers.</param>
/// <param name="Worst">The worst finding in a sentence, or null.</param>
/// <param name="Report">The file name of its HTML report in the folder of the overview, or null.</param>
public sealed record OverviewEntry(string Artifact, string Policy, int Errors, int Warnings, int Layers, string? Worst, string? Report);

/// <summary>One page over the reports of several models: which fail, by what, and a link to each.</summary>
public static class OverviewPage
{
    /// <summary>The bytes of the page, UTF-8 without a mark.</summary>
    /// <param name="models">The models in the order of the project; those that fail are shown first.</param>
    public static byte[] Render(IReadOnlyList<OverviewEntry> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        int failed = models.Count(m => m.Errors > 0);
        string outcome = failed == 0
            ? $"{(models.Count == 1 ? "The model passes" : string.Create(CultureInfo.InvariantCulture, $"All {models.Count:N0} models pass"))}"
            : string.Create(CultureInfo.InvariantCulture, $"{failed:N0} of {ReportText.Count(models.Count, "model")} {(failed == 1 ? "fails" : "fail")}");
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<header>\n<span class=\"stamp {(failed == 0 ? "pass\">✓ Passed" : "fail\">✕ Failed")}</span>\n<h1>{outcome}</h1>\n</header>\n<main id=\"main\">\n<h2 id=\"h-models\">Models</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"h-models\">\n<table>\n<thead><tr><th scope=\"col\" class=\"l\">verdict</th><th scope=\"col\" class=\"l\">model</th><th scope=\"col\">errors</th><th scope=\"col\">warnings</th><th scope=\"col\">layers</th><th scope=\"col\" class=\"l\">policy</th></tr></thead>\n<tbody>\n");
        foreach (OverviewEntry m in models.OrderByDescending(m => m.Errors > 0).ThenByDescending(m => m.Warnings > 0))
        {
            string name = HtmlText.Escape(m.Artifact);
            string link = m.Report is null ? name : $"<a href=\"{HtmlText.Escape(Uri.EscapeDataString(m.Report))}\">{name}</a>";
            string worst = m.Worst is null ? "" : $"<br><span class=\"mu small\">{HtmlText.Escape(ReportText.Sentence(ReportText.FirstSentence(m.Worst)))}</span>";
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"l\"><span class=\"stamp {(m.Errors > 0 ? "fail\">✕ Failed" : "pass\">✓ Passed")}</span></td><th scope=\"row\">{link}{worst}</th><td>{m.Errors:N0}</td><td>{m.Warnings:N0}</td><td>{m.Layers:N0}</td><td class=\"l\">{HtmlText.Escape(m.Policy)}</td></tr>\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"</tbody>\n</table>\n</div>\n</main>\n<footer>Written by WeightWatcher {Tool.Version}.</footer>");
        return new UTF8Encoding(false).GetBytes(HtmlPage.Of(outcome, page.ToString()));
    }
}
