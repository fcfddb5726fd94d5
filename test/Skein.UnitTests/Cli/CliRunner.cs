using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Skein.Cli;
using Skein.UnitTests.Client;
using Spectre.Console.Testing;

namespace Skein.UnitTests.Cli;

/// <summary>Runs the command line in this process, with a console, a clock and a folder of its own.</summary>
internal sealed partial class CliRunner : IDisposable
{
    public CliRunner(FakeCluster? cluster = null)
    {
        Folder = Directory.CreateTempSubdirectory("skein-cli-").FullName;
        if (cluster is not null)
        {
            Variables["SKEIN_ENDPOINT"] = string.Join(",", cluster.ProxyUrls);
        }
    }

    /// <summary>The current directory of the commands.</summary>
    public string Folder { get; }

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Columns of the terminal; null for none.</summary>
    public int? Width { get; set; }

    /// <summary>What the person at the terminal answers; null when nobody is there.</summary>
    public bool? Answer { get; set; }

    public byte[] Input { get; set; } = [];

    /// <summary>The name under which the program was started.</summary>
    public string Program { get; set; } = CliHost.DefaultProgram;

    public TimeProvider Time { get; set; } = new FakeTimeProvider();

    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var output = new TestConsole();
        using var error = new TestConsole();
        using var bytes = new MemoryStream();
        var host = new CliHost
        {
            Program = Program,
            Output = output,
            Error = error,
            Width = Width,
            OpenInput = () => new OneWayStream(Input),
            OpenOutput = () => bytes,
            Confirm = Answer is { } answer ? _ => answer : null,
            Variables = Variables.GetValueOrDefault,
            CurrentDirectory = Folder,
            ProgramDirectory = AppContext.BaseDirectory,
            Time = Time,
            Random = new Random(1),
        };
        var code = await CommandLine.RunAsync(arguments, host, TestContext.Current.CancellationToken);
        return new CliResult(
            code, Plain(output.Profile.Out.Writer), Plain(error.Profile.Out.Writer), bytes.ToArray());
    }

    public string Write(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d{5}")]
    private static partial Regex Endpoint();

    private string Plain(TextWriter writer) =>
        Endpoint().Replace(
            writer.ToString()!.ReplaceLineEndings("\n").Replace(Folder, "FOLDER", StringComparison.Ordinal), "ENDPOINT");
}

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CliResult(int Code, string Output, string Error, byte[] Bytes)
{
    /// <summary>Everything in one text, for golden files.</summary>
    public override string ToString() =>
        Output + (Error.Length == 0 ? "" : "[standard error]\n" + Error) + $"[exit {Code}]\n";
}
