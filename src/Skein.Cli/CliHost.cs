using Skein.Cli.Output;
using Spectre.Console;

namespace Skein.Cli;

/// <summary>Everything that the commands take from the machine, so that tests can give them something else.</summary>
internal sealed record CliHost
{
    /// <summary>The program's own name.</summary>
    public const string DefaultProgram = "skein";

    /// <summary>The name under which scripts written for AIStore start it.</summary>
    public const string AisProgram = "ais";

    /// <summary>Standard output.</summary>
    public required IAnsiConsole Output { get; init; }

    /// <summary>Standard error.</summary>
    public required IAnsiConsole Error { get; init; }

    /// <summary>The bytes of standard output, for objects that are written to it.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Answers a question with yes or no; null when there is nobody to ask.</summary>
    public required Func<string, bool>? Confirm { get; init; }

    /// <summary>Environment variables; null for one that is not set.</summary>
    public required Func<string, string?> Variables { get; init; }

    /// <summary>The current directory, absolute.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>The folder that holds this executable.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Random numbers for ports and delays.</summary>
    public required Random Random { get; init; }

    /// <summary>Standard output as text.</summary>
    public TextWriter Writer => Output.Profile.Out.Writer;

    /// <summary>Columns to fit tables into; null when the output is no terminal and lines may be of any length.</summary>
    public required int? Width { get; init; }

    /// <summary>The bytes of standard input, for an object that is read from it.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>The name under which the program was started: <c>skein</c>, or <c>ais</c>.</summary>
    public string Program { get; init; } = DefaultProgram;

    /// <summary>How sizes are shown.</summary>
    public SizeUnits Units { get; init; }

    /// <summary>What is said when a person interrupts the command; shared by all copies of this record.</summary>
    public Interruption Interruption { get; } = new();

    /// <summary>The host of a real process.</summary>
    public static CliHost FromSystem() => new()
    {
        Program = ProgramName(),
        Output = AnsiConsole.Console,
        Error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }),
        Width = Console.IsOutputRedirected ? null : AnsiConsole.Console.Profile.Width,
        OpenInput = Console.OpenStandardInput,
        OpenOutput = Console.OpenStandardOutput,
        Confirm = Console.IsInputRedirected ? null : Ask,
        Variables = Environment.GetEnvironmentVariable,
        CurrentDirectory = Environment.CurrentDirectory,
        ProgramDirectory = AppContext.BaseDirectory,
        Time = TimeProvider.System,
        Random = new Random(),
    };

    /// <summary>The absolute form of a path that a person typed.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, CurrentDirectory);

    /// <summary>A size in the units asked for.</summary>
    /// <param name="bytes">Bytes.</param>
    public string Size(long bytes) => SizeText.Format(bytes, Units);

    /// <summary>A text with command lines in it, which are written with <c>skein</c>, under the name of the program.</summary>
    public string Named(string text) => Program == DefaultProgram
        ? text
        : text.Replace("'skein ", $"'{Program} ", StringComparison.Ordinal);

    // A link called "ais" resolves to this executable: what was typed is only in the arguments that the system keeps.
    private static string ProgramName()
    {
        try
        {
            var typed = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
            return Path.GetFileName(typed) == AisProgram ? AisProgram : DefaultProgram;
        }
        catch (IOException)
        {
            return DefaultProgram;
        }
    }

    private static bool Ask(string question)
    {
        Console.Error.Write(question + " [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
