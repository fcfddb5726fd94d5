namespace Skein.Cli.Config;

/// <summary>Short names of commands: those that are always there, and those that a person has made.</summary>
internal static class Aliases
{
    private const int MaxWords = 64;

    /// <summary>The short names that are always there, with the command that each stands for.</summary>
    public static IReadOnlyDictionary<string, string> BuiltIn { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["blob-download"] = "job start blob-download",
            ["cp"] = "bucket cp",
            ["create"] = "bucket create",
            ["dsort"] = "job start dsort",
            ["evict"] = "bucket evict",
            ["get"] = "object get",
            ["ls"] = "bucket ls",
            ["prefetch"] = "object prefetch",
            ["put"] = "object put",
            ["rmb"] = "bucket rm",
            ["rmo"] = "object rm",
            ["start"] = "job start",
            ["stop"] = "job stop",
            ["wait"] = "job wait",
        };

    /// <summary>Puts in place of an alias that the command line begins with what it stands for.</summary>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> arguments, CliSettings settings)
    {
        // Options with a value may stand before the command.
        var at = 0;
        while (at < arguments.Count && arguments[at].StartsWith('-'))
        {
            at += arguments[at] is "--endpoint" or "--units" ? 2 : 1;
        }
        return at < arguments.Count && settings.Aliases.TryGetValue(arguments[at], out var command)
            ? [.. arguments.Take(at), .. Split(command), .. arguments.Skip(at + 1)]
            : arguments;
    }

    /// <summary>Divides a command line at spaces; quoted parts stay together.</summary>
    /// <exception cref="CliException">When a quote is not closed, or there are too many words.</exception>
    public static IReadOnlyList<string> Split(string command)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quote, begun) = ('\0', false);
        foreach (var c in command)
        {
            if (quote == '\0' && c is '"' or '\'')
            {
                (quote, begun) = (c, true);
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c == ' ')
            {
                Flush();
            }
            else
            {
                word.Append(c);
                begun = true;
            }
        }
        Flush();
        return quote == '\0' && words.Count <= MaxWords
            ? words
            : throw new CliException($"\"{command}\" is no command line: a quote is open, or it has over {MaxWords} words");

        void Flush()
        {
            if (begun)
            {
                words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
        }
    }
}
