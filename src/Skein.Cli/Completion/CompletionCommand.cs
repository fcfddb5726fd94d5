using System.CommandLine;
using Skein.Cli.Commands;

namespace Skein.Cli.Completion;

/// <summary><c>completion</c> prints a script for the shell; the hidden <c>__complete</c> is what the script calls.</summary>
internal static class CompletionCommand
{
    /// <summary>Builds <c>completion</c>.</summary>
    public static Command Create(CliHost host)
    {
        var bash = new DocumentedCommand("bash", "Print the script for bash", "source <(skein completion bash)");
        bash.SetAction(_ => host.Writer.WriteLine(CompletionScripts.Bash(host.Program)));
        var zsh = new DocumentedCommand("zsh", "Print the script for zsh", "source <(skein completion zsh)");
        zsh.SetAction(_ => host.Writer.WriteLine(CompletionScripts.Zsh(host.Program)));
        return new DocumentedCommand(
            "completion", "Print a script with which the shell completes command lines",
            "source <(skein completion bash)      # in ~/.bashrc", "source <(skein completion zsh)       # in ~/.zshrc")
        {
            bash, zsh,
        };
    }

    /// <summary>Builds the hidden command: prints what may follow, one word in a line.</summary>
    public static Command Complete(CliHost host)
    {
        var line = new Argument<string>("LINE") { Description = "What was typed, up to the cursor" };
        var command = new DocumentedCommand("__complete", "Print what may follow", "skein __complete 'skein ls '")
        {
            line,
        };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            foreach (var word in await new Completer(host).FindAsync(parsed.GetRequiredValue(line), cancellation))
            {
                host.Writer.WriteLine(word);
            }
            return 0;
        });
        return command;
    }
}
