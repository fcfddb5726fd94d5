using System.Text.Json;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Core.Sorting;
using Skein.Core.Wire;

namespace Skein.UnitTests.Core.Sorting;

public sealed class SortSpecReaderTests
{
    private const string Least = """{"input_bck":{"name":"b"},"output_format":"o-{0..9}"}""";

    [Fact]
    public void WhatIsNotSaidHasADefault()
    {
        var spec = Read(Least);
        Assert.Equal(("ais://b", "ais://b", ".tar", 0L, 80), (
            spec.Input.ToString(), spec.Output.ToString(), spec.OutputExtension, spec.ShardBytes, spec.MemoryPercent));
        Assert.Equal((SortKind.Alphanumeric, 42L, SortReaction.Ignore, SortReaction.Abort), (
            spec.Kind, spec.Seed, spec.MissingShards, spec.MissingKey));
        Assert.Equal("a.tgz", spec.ShardName("a.tgz"));
        Assert.Null(spec.ShardName("a"));
        Assert.Equal("o-3.tar", spec.OutputName("o-3"));
    }

    [Fact]
    public void TheWholeOfAIStoresMessageIsRead()
    {
        var spec = Read("""
            {"input_bck":{"name":"b","provider":"ais","namespace":{"uuid":"","name":""}},
            "input_format":{"template":"in-{0..3}","objnames":null},"output_format":"o-{0..9}","output_shard_size":"10KB",
            "input_extension":".tar.gz","output_extension":".tar.lz4","description":"d","output_bck":{"name":"c","provider":""},
            "algorithm":{"kind":"content","decreasing":true,"seed":"","extension":".cls","content_key_type":"float"},
            "order_file":"","order_file_sep":"","max_mem_usage":"2GB","extract_concurrency_max_limit":3,
            "create_concurrency_max_limit":5,"dsorter_type":"dsort_mem","dry_run":true,"Config":{"duplicated_records":"warn",
            "missing_shards":"abort","ekm_malformed_line":"","ekm_missing_key":"","default_max_mem_usage":"",
            "call_timeout":"0s","dsorter_mem_threshold":"","compression":"","bundle_multiplier":0}}
            """);
        Assert.Equal(("ais://c", ".tar.lz4", 10L << 10, 2L << 30, "d"), (
            spec.Output.ToString(), spec.OutputExtension, spec.ShardBytes, spec.MemoryBytes, spec.Description));
        Assert.Equal((SortKind.Content, SortKeyType.Decimal, ".cls", true, true), (
            spec.Kind, spec.KeyType, spec.KeyExtension, spec.IsDecreasing, spec.IsDryRun));
        Assert.Equal((SortReaction.Warn, SortReaction.Abort, 3, 5), (
            spec.DuplicatedRecords, spec.MissingShards, spec.ExtractWorkers, spec.CreateWorkers));
        Assert.Equal("in-0.tar.gz", spec.ShardName("in-0"));
        Assert.Null(spec.ShardName("in-0.zip"));
    }

    [Theory]
    [InlineData("{}", "\"input_bck\" missing source bucket")]
    [InlineData("""{"input_bck":{"name":"b"}}""", "\"output_format\" empty output template")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"plain"}""",
        "no ranges (prefix-only output is not supported)")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","output_shard_size":"-5"}""",
        "must be >= 0 (got -5)")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","output_shard_size":true}""",
        "a text or a number")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","output_shard_size":"x"}""",
        "\"x\" is not a size")]
    [InlineData("""{"input_bck":{"name":"b"},"order_file":"http://h/f"}""", "output shard size must be set")]
    [InlineData(
        """{"input_bck":{"name":"b"},"order_file":"file:///f","output_shard_size":"1"}""",
        "\"order_file\" failed to parse")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","surplus":1}""",
        "\"surplus\" there is no such member")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","algorithm":{"x":1}}""",
        "\"algorithm.x\" there is no")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","algorithm":{"kind":"x"}}""",
        "invalid sorting algorithm")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","algorithm":{"seed":"x"}}""",
        "invalid seed \"x\"")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","algorithm":{"kind":"content"}}""", "invalid extension \"\"")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","algorithm":{"kind":"content","extension":".x"}}""",
        "invalid content sorting key")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","input_extension":".rar"}""",
        "unknown mime type")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}.zip","output_extension":".tar"}""", "\".tar\" vs \".zip\"")]
    [InlineData("""{"input_bck":{"name":"b"},"output_format":"o-{0..9}","max_mem_usage":"101%"}""", "not a percentage")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","create_concurrency_max_limit":-1}""",
        "negative concurrency limit ('create', -1)")]
    [InlineData(
        """{"input_bck":{"name":"b"},"output_format":"o-{0..9}","Config":{"missing_shards":"x"}}""", "invalid reaction \"x\"")]
    [InlineData("""{"input_bck":{"name":"b"},"output_format":"o-{0..9}","dsorter_type":"x"}""", "unknown type \"x\"")]
    public void WhatIsWrongIsNamed(string json, string reason)
    {
        var error = Assert.Throws<StoreException>(() => Read(json));
        Assert.Equal(StoreErrorCode.InvalidRequest, error.Code);
        Assert.StartsWith("[dsort] parse-spec: \"", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static SortSpec Read(string json) => SortSpecReader.Read(SortSpecReader.WithDefaults(
        JsonSerializer.Deserialize(json, WireJsonContext.Default.SortMessage)!, new DistributedSortSection(), 42));
}
