using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>The command line, under the name <c>ais</c>, in a real terminal of 80 columns.</summary>
public sealed partial class TerminalTests : IAsyncLifetime
{
    private const int Columns = 80;
    private const int Files = 4000;
    private const string Interrupt = "\u0003";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    private string Playground => _folder.Combine("playground");

    private string Ais => _folder.Combine("ais");

    public async ValueTask InitializeAsync()
    {
        File.CreateSymbolicLink(Ais, Programs.Skein);
        (await AisAsync("playground", "up", "--dir", Playground, "--proxies", "1", "--targets", "2")).Succeeded();
        (await AisAsync("create", "ais://terminal")).Succeeded();
    }

    public async ValueTask DisposeAsync()
    {
        await AisAsync("playground", "down", "--dir", Playground, "--rm");
        _folder.Dispose();
    }

    [Fact]
    public async Task TablesFitIntoTheTerminal()
    {
        foreach (var line in (string[])["show cluster", "show storage capacity", "ls --summary", "show cluster smap", "alias"])
        {
            var shown = Plain(await InTerminalAsync(line, null));

            var lines = shown.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length > 1, shown);
            // One line below the map is as long as the id of the cluster.
            Assert.All(
                lines.Where(text => !text.StartsWith("Summary:  ", StringComparison.Ordinal)),
                text => Assert.True(text.Length <= Columns, $"{text.Length} columns: {text}"));
        }
        Assert.Contains("t[target02]", Plain(await InTerminalAsync("show cluster target", null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheBarMovesAndAnInterruptionSaysWhatIsLeft()
    {
        for (var i = 0; i < Files; i++)
        {
            _folder.WriteFile(string.Create(CultureInfo.InvariantCulture, $"many/f{i}"), "x"u8);
        }
        var shown = await InTerminalAsync(
            $"put {_folder.Combine("many")} ais://terminal/many/ -y --num-workers 1", text => Bars(text).Count >= 3);

        var bars = Bars(shown);
        Assert.True(bars[^1] > bars[0], string.Join(", ", bars));
        Assert.Equal(bars.Order(), bars);
        var left = Left().Match(Plain(shown));
        Assert.True(left.Success, Plain(shown));
        var said = int.Parse(left.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(said, 1, Files - 1);
        Assert.Contains("exit code 130", shown, StringComparison.Ordinal);
        var there = (await AisAsync("ls", "ais://terminal", "--prefix", "many/", "-H", "--name-only")).Succeeded().Output;
        // What was on its way when it was interrupted may have come through.
        Assert.InRange(there.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - said, 0, 1);
    }

    [Fact]
    public async Task AnInterruptedObjectFromTheTerminalIsNotStored()
    {
        var shown = await InTerminalAsync(
            "put - ais://terminal/never", text => text.Contains("PUT 0/1", StringComparison.Ordinal));

        Assert.Contains("ais://terminal/never was not stored", shown, StringComparison.Ordinal);
        Assert.Contains("exit code 130", shown, StringComparison.Ordinal);
        Assert.Equal(1, (await AisAsync("object", "show", "ais://terminal/never")).ExitCode);
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")]
    private static partial Regex Controls();

    [GeneratedRegex(@"PUT (\d+)/\d+ ")]
    private static partial Regex Bar();

    [GeneratedRegex(@"(\d+) of 4000 files are stored in ais://terminal/many/; they stay\.")]
    private static partial Regex Left();

    private static string Plain(string shown) => Controls().Replace(shown, "");

    /// <summary>How many files each bar said are done, each number once.</summary>
    private static List<int> Bars(string shown) =>
    [
        .. Bar().Matches(shown).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct(),
    ];

    private async Task<ProgramRun> AisAsync(params string[] arguments) => await ProgramRun.RunAsync(
        Ais, arguments, ("SKEIND", Programs.Skeind), ("SKEIN_PLAYGROUND", Playground), ("AIS_ENDPOINT", null),
        ("SKEIN_ENDPOINT", null), ("HOME", _folder.Path));

    /// <summary>Runs a command in a terminal that <c>script</c> makes; types Ctrl-C when the text says so.</summary>
    private async Task<string> InTerminalAsync(string line, Func<string, bool>? isTimeToInterrupt)
    {
        var start = new ProcessStartInfo(
            "script",
            // Ctrl-C goes to the shell, too: it must live on to tell how the command ended, whichever shell it is.
            ["-qefc", $"trap : INT; stty cols {Columns} rows 40; {Ais} {line}; echo exit code $?", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SKEIN_PLAYGROUND"] = Playground;
        start.Environment["HOME"] = _folder.Path;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment.Remove("AIS_ENDPOINT");
        start.Environment.Remove("SKEIN_ENDPOINT");
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var shown = new System.Text.StringBuilder();
        var buffer = new char[4096];
        try
        {
            int read;
            while ((read = await process.StandardOutput.ReadAsync(buffer, limit.Token)) != 0)
            {
                shown.Append(buffer, 0, read);
                if (isTimeToInterrupt?.Invoke(shown.ToString()) == true)
                {
                    isTimeToInterrupt = null;
                    await process.StandardInput.WriteAsync(Interrupt);
                    await process.StandardInput.FlushAsync(limit.Token);
                }
            }
            await process.WaitForExitAsync(limit.Token);
            return shown.ToString();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"ais {line} did not end:\n{shown}");
        }
    }
}
