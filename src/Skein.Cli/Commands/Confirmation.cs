using System.CommandLine;

namespace Skein.Cli.Commands;

/// <summary>Asks before something that cannot be undone.</summary>
internal static class Confirmation
{
    /// <summary>Asks, unless <c>--yes</c> was given.</summary>
    /// <exception cref="CliException">When the answer is no, or nobody is there to answer.</exception>
    public static void Require(CliHost host, ParseResult parsed, string question)
    {
        if (parsed.GetValue(CommonOptions.Yes))
        {
            return;
        }
        if (host.Confirm is null)
        {
            throw new CliException("this needs a confirmation, and there is no terminal to ask", "give --yes");
        }
        if (!host.Confirm(question))
        {
            throw new CliException("not confirmed, nothing was done");
        }
    }
}
