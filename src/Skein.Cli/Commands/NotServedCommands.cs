using System.CommandLine;

namespace Skein.Cli.Commands;

/// <summary>AIStore's commands for which Skein has no server: they say so, whatever follows them.</summary>
internal static class NotServedCommands
{
    /// <summary>Builds such a command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="name">Name.</param>
    /// <param name="what">What is not served, in the plural.</param>
    /// <param name="instead">What to do instead.</param>
    public static Command Create(CliHost host, string name, string what, string instead)
    {
        var words = new Argument<string[]>("WORDS") { Description = "Not looked at", Arity = ArgumentArity.ZeroOrMore };
        var command = new DocumentedCommand(name, $"Not served: Skein has no {what}", $"skein {name}")
        {
            words,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(Refuse);
        return command;

        int Refuse(ParseResult parsed) => throw new CliException($"{name} is not served: Skein has no {what}", instead);
    }

    /// <summary>Builds <c>etl</c>.</summary>
    public static Command Etl(CliHost host) => Create(
        host, "etl", "transformations", "transform objects in a program of your own, between get and put");

    /// <summary>Builds <c>auth</c>.</summary>
    public static Command Auth(CliHost host) => Create(
        host, "auth", "users and roles", "give buckets access permissions: 'skein bucket props set BUCKET access=ro'");
}
