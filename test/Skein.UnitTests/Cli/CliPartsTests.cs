using Skein.Cli;
using Skein.Cli.Buckets;
using Skein.Cli.Config;
using Skein.Cli.Output;
using Skein.Cli.Performance;

namespace Skein.UnitTests.Cli;

/// <summary>The small parts of the command line that decide something by themselves.</summary>
public sealed class CliPartsTests
{
    [Theory]
    [InlineData("buckt", "bucket")]
    [InlineData("clsuter", "cluster")]
    [InlineData("perf", "performance")]
    [InlineData("bucket", "bucket")]
    [InlineData("nonsense", null)]
    [InlineData("x", null)]
    public void The_nearest_word_is_found(string typed, string? word) =>
        Assert.Equal(word, NearestWord.Find(typed, ["bucket", "cluster", "performance", "object"]));

    [Theory]
    [InlineData("ais:", "ais", null)]
    [InlineData("ais://", "ais", null)]
    [InlineData("s3", "aws", null)]
    [InlineData("gs://", "gcp", null)]
    [InlineData("ais://#ns", "ais", "#ns")]
    [InlineData("ais://@lab/", "ais", "@lab")]
    public void Many_buckets_are_named_by_provider_and_namespace(string text, string provider, string? ns)
    {
        var scope = BucketScope.TryParse(text);

        Assert.Equal(provider, scope?.Provider);
        Assert.Equal(ns, scope?.Namespace?.ToString());
    }

    [Theory]
    [InlineData("photos")]
    [InlineData("ais://photos")]
    [InlineData("ais://#ns/photos")]
    [InlineData("s3://photos/a/b")]
    public void One_bucket_is_not_many(string text) => Assert.Null(BucketScope.TryParse(text));

    [Fact]
    public void A_provider_that_is_none_is_an_error() =>
        Assert.Throws<CliException>(() => BucketScope.TryParse("nosuch://"));

    [Theory]
    [InlineData("get.n", "GET(n)")]
    [InlineData("lst.n", "LIST(n)")]
    [InlineData("del.n", "DELETE(n)")]
    [InlineData("get.cold.size", "GET-COLD(size)")]
    [InlineData("stream.out.n", "STREAM-OUT(n)")]
    [InlineData("ver.change.n", "VERSION-CHANGE(n)")]
    [InlineData("err.del.n", "ERR-DEL(n)")]
    [InlineData("put.redir.ns", "PUT-REDIR(t)")]
    public void Counters_have_the_names_of_aistore(string metric, string heading) =>
        Assert.Equal(heading, MetricNames.Heading(metric));

    [Theory]
    [InlineData("Iec", 50_002, "48.83KiB")]
    [InlineData("Si", 50_002, "50.00KB")]
    [InlineData("Si", 999, "999B")]
    [InlineData("Raw", 50_002, "50002")]
    public void Sizes_have_units(string units, long bytes, string text) =>
        Assert.Equal(text, SizeText.Format(bytes, Enum.Parse<SizeUnits>(units)));

    [Theory]
    [InlineData("ls --props all", "ls|--props|all")]
    [InlineData("  show   cluster ", "show|cluster")]
    [InlineData("search --regex \"a b|c\"", "search|--regex|a b|c")]
    [InlineData("get '' x", "get||x")]
    public void Command_lines_are_divided(string line, string words) =>
        Assert.Equal(words, string.Join('|', Aliases.Split(line)));

    [Fact]
    public void A_quote_that_stays_open_is_an_error() => Assert.Throws<CliException>(() => Aliases.Split("ls \"a"));

    [Fact]
    public void An_alias_is_put_in_place_also_behind_options()
    {
        var settings = new CliSettings { Aliases = new(StringComparer.Ordinal) { ["sc"] = "show cluster" } };

        Assert.Equal(
            ["--endpoint", "u", "show", "cluster", "t1"], Aliases.Expand(["--endpoint", "u", "sc", "t1"], settings));
        Assert.Equal(["ls", "sc"], Aliases.Expand(["ls", "sc"], settings));
        Assert.Equal([], Aliases.Expand([], settings));
    }

    [Fact]
    public void What_was_begun_is_said_when_it_is_interrupted_and_not_when_it_is_complete()
    {
        var interruption = new Interruption();
        var done = 0;
        interruption.Note(() => $"{done} of 2 files are stored");
        done = 1;
        using var said = new StringWriter { NewLine = "\n" };

        interruption.Write(said);
        interruption.Clear();
        interruption.Write(said);

        Assert.Equal("1 of 2 files are stored\n", said.ToString());
    }
}
