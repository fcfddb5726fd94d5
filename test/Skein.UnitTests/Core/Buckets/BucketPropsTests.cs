using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;

namespace Skein.UnitTests.Core.Buckets;

public sealed class BucketPropsTests
{
    /// <summary>What a server of the protocol answers for a bucket made with three properties, recorded.</summary>
    private const string Recorded =
        """
        {"backend_bck":{"name":"","provider":"","namespace":{"uuid":"","name":""}},"extra":{"aws":{},"http":{},"hdfs":{}},"write_policy":{"data":"immediate","md":"immediate"},"provider":"ais","Renamed":"","checksum":{"type":"md5","validate_cold_get":false,"validate_warm_get":false,"validate_obj_move":false,"enable_read_range":false},"ec":{"compression":"never","objsize_limit":262144,"data_slices":1,"parity_slices":1,"bundle_multiplier":2,"enabled":false,"disk_only":false},"lru":{"dont_evict_time":"2h0m","capacity_upd_time":"10m","enabled":false},"mirror":{"copies":2,"burst_buffer":128,"enabled":true},"access":"18446744073709551615","features":"0","bid":"9223372036854775817","created":"1795381291554938455","versioning":{"enabled":true,"validate_warm_get":false,"synchronize":false}
        """;

    private static readonly BucketProps New =
        BucketProps.Create(ClusterConfig.Default, "ais", 9223372036854775817, 1795381291554938455);

    [Fact]
    public void Creation_with_properties_shows_exactly_what_was_recorded_and_durability_after_it()
    {
        var props = Apply(New, """{"checksum":{"type":"md5"},"mirror":{"enabled":true,"copies":2},"lru":{"enabled":false}}""");
        Assert.Equal(Recorded + ",\"durability\":{\"ack\":\"disk\"}}", props.ToJson());
    }

    [Fact]
    public void Reads_both_forms_back_equal()
    {
        var props = Apply(New, """{"checksum":{"type":"md5"},"access":"3","durability":{"ack":"page-cache"}}""");
        Assert.Equal(props, BucketProps.FromJson(Json(props.ToJson())));
        var sparse = props.ToSparse().ToJsonString();
        Assert.Equal(
            """{"checksum":{"type":"md5"},"access":"3","bid":"9223372036854775817","created":"1795381291554938455","durability":{"ack":"page-cache"}}""",
            sparse);
        Assert.Equal(props, BucketProps.FromJson(Json(sparse)));
        Assert.Equal(props, BucketProps.FromJson(Json(Recorded + "}")) with
        {
            Mirror = props.Mirror,
            Access = props.Access,
            Durability = props.Durability,
        });
    }

    [Fact]
    public void New_buckets_inherit_from_the_cluster_and_only_remote_ones_are_evicted()
    {
        var cluster = ConfigPatch.ApplyPairs(
            ClusterConfig.Default,
            [new("checksum.type", "sha256"), new("skein.durability.ack", "redundant"), new("mirror.copies", "3")]);
        var local = BucketProps.Create(cluster, "ais", 1, 2);
        Assert.Equal("sha256", local.Checksum.Type);
        Assert.Equal(DurabilityAck.Redundant, local.Durability.Ack);
        Assert.Equal(3, local.Mirror.Copies);
        Assert.False(local.Lru.Enabled);
        Assert.True(BucketProps.Create(cluster, "aws", 1, 2).Lru.Enabled);
    }

    [Theory]
    [InlineData("""{"mirror":{"copies":200}}""", "invalid mirror.copies: 200 (expected value in range [2, 32])")]
    [InlineData("""{"checksum":{"type":"sha1"}}""",
        "invalid checksum type \"sha1\" (expecting [crc32c md5 sha256 sha512 xxhash xxhash2 none])")]
    [InlineData("""{"write_policy":{"data":"never"}}""", "invalid write policy for data: \"never\" not implemented yet")]
    [InlineData("""{"write_policy":{"md":"later"}}""",
        "invalid write policy \"later\" (expecting one of [immediate delayed never])")]
    [InlineData("""{"ec":{"enabled":true,"data_slices":8,"parity_slices":8}}""",
        "not enough target nodes: EC configuration (D = 8, P = 8) requires at least 17 targets (have 3)")]
    [InlineData("""{"created":"1"}""",
        "invalid props-to-update value in apireq: actm[set-bprops]: unknown property \"created\"")]
    [InlineData("""{"bid":"1"}""", "invalid props-to-update value in apireq: actm[set-bprops]: unknown property \"bid\"")]
    [InlineData("""{"provider":"aws"}""",
        "invalid props-to-update value in apireq: actm[set-bprops]: unknown property \"provider\"")]
    [InlineData("""{"colour":"red"}""",
        "invalid props-to-update value in apireq: actm[set-bprops]: unknown property \"colour\"")]
    [InlineData("""{"ec":{"objsize_limit":"1mb"}}""",
        "invalid props-to-update value in apireq: actm[set-bprops]: invalid ec.objsize_limit=\"1mb\", expected an integer")]
    [InlineData("""7""",
        "invalid props-to-update value in apireq: actm[set-bprops]: invalid configuration=7, expected a JSON object")]
    public void Refuses_what_is_wrong(string changes, string message)
    {
        var failure = Assert.Throws<StoreException>(() => BucketPropsPatch.Apply(New, Json(changes), targetCount: 3));
        Assert.Equal(StoreErrorCode.InvalidRequest, failure.Code);
        Assert.Equal(message, failure.Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"force":true}""")]
    [InlineData("""{"mirror":null,"checksum":{"type":null}}""")]
    public void Changes_nothing_when_nothing_is_named(string changes) => Assert.Equal(New, Apply(New, changes));

    [Fact]
    public void Erasure_coding_once_enabled_can_only_be_disabled()
    {
        var coded = BucketPropsPatch.Apply(New, Json("""{"ec":{"enabled":true}}"""), targetCount: 3);
        var failure = Assert.Throws<StoreException>(() => Apply(coded, """{"ec":{"parity_slices":2}}"""));
        Assert.Equal("once enabled, EC configuration can be only disabled but cannot change", failure.Message);
        Assert.False(Apply(coded, """{"ec":{"enabled":false}}""").Erasure.Enabled);

        // other properties can be changed although a target has gone
        var mirrored = BucketPropsPatch.Apply(coded, Json("""{"mirror":{"enabled":true}}"""), targetCount: 1);
        Assert.True(mirrored.Mirror.Enabled);
        Assert.Throws<StoreException>(
            () => BucketPropsPatch.Apply(coded, Json("{}"), targetCount: 1, action: "create-bck"));
    }

    [Fact]
    public void Pairs_do_the_same_as_a_body()
    {
        var byPairs = BucketPropsPatch.ApplyPairs(New, [new("mirror.enabled", "yes"), new("access", "ro")]);
        Assert.Equal(AccessPermissions.ReadOnly, byPairs.Access);
        var body = BucketPropsPatch.PairsToJson([new("mirror.enabled", "yes"), new("access", "ro")]).ToJsonString();
        Assert.Equal("""{"mirror":{"enabled":true},"access":"4867"}""", body);
        Assert.Equal(byPairs, Apply(New, body));
        Assert.Equal(
            "unknown property \"nosuch.x\"",
            Assert.Throws<StoreException>(() => BucketPropsPatch.ApplyPairs(New, [new("nosuch.x", "1")])).Message);
    }

    [Fact]
    public void Reset_keeps_the_identity_of_the_bucket()
    {
        var changed = Apply(New, """{"mirror":{"enabled":true}}""");
        Assert.Equal(New, BucketPropsPatch.Reset(changed, ClusterConfig.Default));
    }

    [Fact]
    public void Goes_through_the_source_generated_context()
    {
        var props = Apply(New, """{"checksum":{"type":"md5"}}""");
        var json = JsonSerializer.Serialize(props, ConfigJsonContext.Default.BucketProps);
        Assert.Equal(props.ToJson(), json);
        Assert.Equal(props, JsonSerializer.Deserialize(json, ConfigJsonContext.Default.BucketProps));
        Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize("""{"mirror":{"copies":0}}""", ConfigJsonContext.Default.BucketProps));
    }

    private static BucketProps Apply(BucketProps props, string changes) => BucketPropsPatch.Apply(props, Json(changes));

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
