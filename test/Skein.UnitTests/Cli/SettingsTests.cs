using Skein.Cli;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>What a person sets for the command line itself, and what shells ask it.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task Aliases_are_kept_used_and_removed()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var cli = Runner(cluster);

        Assert.Equal(
            "Aliased \"sc\"=\"show cluster proxy\"\n", (await cli.RunAsync("alias", "set", "sc", "show cluster proxy")).Output);
        Assert.Contains("sc             show cluster proxy\n", (await cli.RunAsync("alias")).Output, StringComparison.Ordinal);
        var expanded = await cli.RunAsync("sc", "--no-headers");
        Assert.Equal((await cli.RunAsync("show", "cluster", "proxy", "-H")).ToString(), expanded.ToString());
        Assert.Equal(0, expanded.Code);
        Assert.Equal(0, (await cli.RunAsync("alias", "rm", "sc")).Code);
        Assert.Equal(1, (await cli.RunAsync("sc")).Code);
    }

    [Theory]
    [InlineData("is a command", "alias", "set", "ls", "show cluster")]
    [InlineData("does not begin with a command", "alias", "set", "x", "nosuch")]
    [InlineData("invalid alias", "alias", "set", "a.b", "ls")]
    [InlineData("always there", "alias", "rm", "ls")]
    [InlineData("there is no alias", "alias", "rm", "nosuch")]
    [InlineData("unknown setting", "config", "cli", "set", "nosuch=1")]
    [InlineData("is no URL", "config", "cli", "set", "cluster.url=here")]
    [InlineData("is unknown", "config", "cli", "set", "units", "miles")]
    public async Task What_is_wrong_is_refused(string says, params string[] arguments)
    {
        using var cli = Runner(null);

        var result = await cli.RunAsync(arguments);

        Assert.Equal(1, result.Code);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(cli.Folder));
    }

    [Fact]
    public async Task The_cluster_and_the_units_may_be_set()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", new string('x', 2000));
        using var cli = Runner(null);

        await cli.RunAsync("config", "cli", "set", $"cluster.url={cluster.ProxyUrls[0]}", "units=si");

        Assert.Equal("o  2.00KB\n", (await cli.RunAsync("ls", "ais://b", "-H")).Output);
        Assert.Equal("o  2000\n", (await cli.RunAsync("ls", "ais://b", "-H", "--units", "raw")).Output);
        Assert.Contains("units        si\n", (await cli.RunAsync("config", "cli")).Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "/.config/skein/cli.json\n", (await cli.RunAsync("config", "cli", "show", "--path")).Output,
            StringComparison.Ordinal);
        await cli.RunAsync("config", "cli", "reset");
        Assert.Equal("o  1.95KiB\n", (await cli.RunAsync("ls", "ais://b", "-H", "--endpoint", cluster.ProxyUrls[0])).Output);
    }

    [Fact]
    public async Task A_file_of_settings_that_cannot_be_read_is_named()
    {
        using var cli = Runner(null);
        cli.Write(".config/skein/cli.json", "{ nonsense");

        var result = await cli.RunAsync("ls");

        Assert.Equal(1, result.Code);
        Assert.Contains("cli.json is not what was written there", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ais buc", "bucket")]
    [InlineData("ais bucket pr", "props")]
    [InlineData("ais show cluster t", "target|target01|target02")]
    [InlineData("ais show cluster smap p", "props-none")]
    [InlineData("ais ls ais://p", "ais://photos")]
    [InlineData("ais storage mountpath show ", "target01|target02")]
    [InlineData("ais job start reb", "rebalance")]
    [InlineData("ais ls --count", "--count|--count-only")]
    [InlineData("ais ls --units ", "iec|raw|si")]
    [InlineData("ais nosuch ", "")]
    public async Task Shells_are_told_what_may_follow(string line, string words)
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("photos", "o", "x");
        using var cli = Runner(cluster);

        var result = await cli.RunAsync("__complete", line);

        Assert.Equal(0, result.Code);
        Assert.Equal("", result.Error);
        var expected = words == "props-none" ? "proxy001|proxy002" : words;
        Assert.Equal(expected, string.Join('|', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task Without_a_cluster_shells_are_told_nothing_and_quickly()
    {
        using var cli = Runner(null);

        var result = await cli.RunAsync("__complete", "ais ls ais://x", "--endpoint", "http://127.0.0.1:1");

        Assert.Equal("[exit 0]\n", result.ToString());
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _ais_complete ais")]
    [InlineData("zsh", "compdef _ais ais")]
    public async Task Scripts_for_shells_carry_the_name_of_the_program(string shell, string line)
    {
        using var cli = Runner(null);

        Assert.Contains(line, (await cli.RunAsync("completion", shell)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_the_name_ais_everything_says_ais()
    {
        using var cli = Runner(null);

        var help = await cli.RunAsync("bucket", "props", "--help");
        var usage = await cli.RunAsync("buckt");
        var error = await cli.RunAsync("alias", "rm", "nosuch");

        Assert.Contains("ais bucket props [command] [options]", help.Output, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'bucket'?", usage.Error, StringComparison.Ordinal);
        Assert.Contains("'ais search buckt'", usage.Error, StringComparison.Ordinal);
        Assert.Contains("'ais alias'", error.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("skein", help.Output + usage.Error + error.Error, StringComparison.Ordinal);
        Assert.StartsWith("ais version ", (await cli.RunAsync("--version")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "ais storage mountpath attach\n", (await cli.RunAsync("search", "mountpath")).Output, StringComparison.Ordinal);
        Assert.Equal((await cli.RunAsync("ls", "--help")).Output, (await cli.RunAsync("help", "ls")).Output);
    }

    private static CliRunner Runner(FakeCluster? cluster)
    {
        var cli = new CliRunner(cluster) { Program = CliHost.AisProgram, Time = TimeProvider.System };
        cli.Variables["HOME"] = cli.Folder;
        return cli;
    }
}
