using System.Globalization;

namespace Skein.SystemTests;

/// <summary>Figures that tests print beside their verdict.</summary>
internal static class Report
{
    /// <summary>Prints a line.</summary>
    public static void Line(FormattableString text) =>
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
