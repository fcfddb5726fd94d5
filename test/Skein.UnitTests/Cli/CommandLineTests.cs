using Microsoft.Extensions.Time.Testing;
using Skein.Cli;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.TestKit;

namespace Skein.UnitTests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("help")]
    [InlineData("help-option", "--help")]
    [InlineData("help-show-cluster", "show", "cluster", "--help")]
    [InlineData("help-cluster", "cluster", "--help")]
    [InlineData("help-cluster-history", "cluster", "history", "--help")]
    [InlineData("help-cluster-history-diff", "cluster", "history", "diff", "--help")]
    [InlineData("help-cluster-set-primary", "cluster", "set-primary", "--help")]
    [InlineData("help-cluster-force-primary", "cluster", "force-primary", "--help")]
    [InlineData("help-cluster-join", "cluster", "add-remove-nodes", "join", "--help")]
    [InlineData("help-ls", "ls", "-h")]
    [InlineData("help-put", "put", "--help")]
    [InlineData("help-get", "object", "get", "--help")]
    [InlineData("help-playground", "playground")]
    [InlineData("help-playground-up", "playground", "up", "--help")]
    [InlineData("usage-unknown", "nosuchcmd")]
    [InlineData("usage-unknown-sub", "bucket", "nosuch")]
    [InlineData("usage-unknown-option", "ls", "b", "--nosuch")]
    [InlineData("usage-missing", "put", "x")]
    [InlineData("usage-not-a-number", "ls", "b", "--limit", "many")]
    [InlineData("usage-no-playground", "playground", "status")]
    [InlineData("usage-bad-endpoint", "ls", "--endpoint", "ftp://x")]
    public async Task Looks_as_agreed(string golden, params string[] arguments)
    {
        using var cli = new CliRunner { Width = 80 };

        var result = await cli.RunAsync(arguments);

        Golden.Check("Cli/Golden/" + golden, result.ToString(), typeof(CommandLineTests).Assembly);
    }

    [Fact]
    public async Task The_version_is_the_products()
    {
        using var cli = new CliRunner();

        var result = await cli.RunAsync("--version");

        Assert.Equal($"skein version {CommandLine.Version}\n", result.Output);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_an_error_with_a_hint()
    {
        using var cli = new CliRunner { Time = TimeProvider.System };

        var result = await cli.RunAsync("show", "cluster", "--endpoint", "http://127.0.0.1:1,http://127.0.0.1:2");

        Assert.Equal(1, result.Code);
        Assert.StartsWith("Error: cannot connect to http://127.0.0.1:", result.Error, StringComparison.Ordinal);
        Assert.Contains("skein playground up", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1.00KiB")]
    [InlineData(50_002, "48.83KiB")]
    [InlineData(long.MaxValue, "8.00EiB")]
    public void Sizes_are_written(long bytes, string text) => Assert.Equal(text, SizeText.Bytes(bytes));

    [Theory]
    [InlineData("100", 100L)]
    [InlineData("3B", 3L)]
    [InlineData("64KiB", 65536L)]
    [InlineData("1.5g", 1610612736L)]
    [InlineData("2 MB", 2097152L)]
    [InlineData("", null)]
    [InlineData("two", null)]
    [InlineData("-1", null)]
    [InlineData("1KiBB", null)]
    [InlineData("99999999E", null)]
    public void Sizes_are_read(string text, long? bytes) =>
        Assert.Equal(bytes, SizeText.TryParse(text, out var size) ? size : null);

    [Theory]
    [InlineData(0.25, "250ms")]
    [InlineData(12.34, "12.3s")]
    [InlineData(100, "1m40s")]
    [InlineData(19_200, "5h20m")]
    [InlineData(1_047_600, "12d3h")]
    public void Durations_are_written(double seconds, string text) =>
        Assert.Equal(text, SizeText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("a", true)]
    [InlineData("a/b/c", true)]
    [InlineData("..a/b..", true)]
    [InlineData("../a", false)]
    [InlineData("a/../../b", false)]
    [InlineData("a/../b", false)]
    [InlineData("/a", false)]
    [InlineData("a//b", false)]
    [InlineData("./a", false)]
    [InlineData("a/.", false)]
    [InlineData("a\0b", false)]
    public void Objects_are_written_below_the_folder_only(string name, bool allowed)
    {
        if (allowed)
        {
            Assert.Equal("/data/down/" + name, DownloadPath.Below("/data/down", name));
            Assert.Equal("/" + name, DownloadPath.Below("/", name));
        }
        else
        {
            Assert.Throws<CliException>(() => DownloadPath.Below("/data/down", name));
        }
    }

    [Fact]
    public void Tables_fit_into_a_terminal()
    {
        var table = new TextTable("-").Add("NODE").Add("LOAD AVERAGE", optional: true).Add("EMPTY").Add("UP TIME")
            .Row("n1", "1.0", "", "1s").Row("n2", "", "", "");

        Assert.Equal("NODE  LOAD AVERAGE  UP TIME\nn1    1.0           1s\nn2    -             -\n", Write(table, null));
        Assert.Equal(
            "      LOAD     UP\nNODE  AVERAGE  TIME\nn1    1.0      1s\nn2    -        -\n", Write(table, 20));
        Assert.Equal("      UP\nNODE  TIME\nn1    1s\nn2    -\n", Write(table, 12));
    }

    [Fact]
    public async Task Without_a_terminal_progress_is_a_line_now_and_then()
    {
        var time = new FakeTimeProvider();
        using var error = new Spectre.Console.Testing.TestConsole();
        var host = CliHost.FromSystem() with { Error = error, Time = time };
        var progress = new TransferProgress(host, quiet: false);
        var work = new TaskCompletionSource();
        var shown = progress.ShowAsync("PUT", 10, 2_000_000, () => work.Task);
        progress.Report(1_000_000);
        progress.ObjectDone();

        time.Advance(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 1000 && error.Output.Length == 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        work.SetResult();
        await shown;

        Assert.Equal("PUT: 1/10 objects, 976.56KiB of 1.91MiB, 5.0s, 0.20MB/s\n", error.Output);
    }

    private static string Write(TextTable table, int? width)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        table.Write(writer, width);
        return writer.ToString();
    }
}
