using System.Globalization;

namespace WeightWatcher.Tests.Reports;

/// <summary>Does the same in cultures that write numbers, dates and capitals differently.</summary>
internal static class Cultures
{
    public static IEnumerable<T> Each<T>(Func<T> action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach (string culture in (string[])["", "de-DE", "tr-TR", "ar-SA"])
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                yield return action();
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
