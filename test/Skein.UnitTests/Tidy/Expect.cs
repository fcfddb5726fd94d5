namespace Skein.UnitTests.Tidy;

/// <summary>Assertions of the tidy tests.</summary>
internal static class Expect
{
    /// <summary>Fails with the whole list of what breaks a rule, one a line.</summary>
    public static void Nothing(IEnumerable<string> violations)
    {
        var found = violations.ToList();
        if (found.Count != 0)
        {
            Assert.Fail("docs/STYLE.md says otherwise:\n  " + string.Join("\n  ", found));
        }
    }
}
