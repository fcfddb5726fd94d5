namespace Skein.TestKit;

/// <summary>Documents that are written from the code, as a whole or in part, between two comments.</summary>
public static class GeneratedPart
{
    private const string Rewrite = "SKEIN_REWRITE_DOCS";

    /// <summary>Compares the part with what the code says, or writes it when SKEIN_REWRITE_DOCS is set.</summary>
    /// <param name="document">Path from the root of the repository.</param>
    /// <param name="begin">Text of the comment before it; the one after it is the same behind <c>end of</c>.</param>
    /// <param name="text">What the code says.</param>
    /// <param name="name">Name of the comment after it; the first one's by default.</param>
    public static void Check(string document, string begin, string text, string? name = null)
    {
        var file = RepositoryRoot.Combine(document);
        var page = File.ReadAllText(file);
        var opening = $"<!-- {begin} -->\n";
        var from = page.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        var to = page.IndexOf($"<!-- end of {name ?? begin} -->\n", StringComparison.Ordinal);
        if (from < opening.Length || to < from)
        {
            throw new InvalidOperationException($"{file} has no place for {begin}");
        }
        Compare(file, page, page[..from] + text + page[to..]);
    }

    /// <summary>Does the same with a page that is written from the code as a whole.</summary>
    /// <param name="document">Path from the root of the repository.</param>
    /// <param name="text">What the code says.</param>
    public static void CheckPage(string document, string text)
    {
        var file = RepositoryRoot.Combine(document);
        Compare(file, File.Exists(file) ? File.ReadAllText(file) : "", text);
    }

    private static void Compare(string file, string page, string expected)
    {
        if (Environment.GetEnvironmentVariable(Rewrite) is { Length: > 0 })
        {
            File.WriteAllText(file, expected);
        }
        else if (expected != page)
        {
            throw new InvalidOperationException($"{file} is out of date: run this test with {Rewrite}=1 and commit it");
        }
    }
}
