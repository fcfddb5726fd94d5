using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config;
using Skein.Core.Errors;

namespace Skein.UnitTests.Core.Config;

public sealed class ConfigPatchTests
{
    [Fact]
    public void Dotted_pairs_change_their_keys_only()
    {
        var changed = ConfigPatch.ApplyPairs(
            ClusterConfig.Default, [new("timeout.send_file_time", "3m"), new("Mirror.Enabled", "true")]);
        Assert.Equal(TimeSpan.FromMinutes(3), changed.Timeout.SendFileTime);
        Assert.Equal("""{"mirror":{"enabled":true},"timeout":{"send_file_time":"3m"}}""", changed.ToSparse().ToJsonString());
    }

    [Theory]
    [InlineData("nosuch.key", "1", "unknown property \"nosuch.key\"")]
    [InlineData("mirror.nosuch", "1", "unknown property \"mirror.nosuch\"")]
    [InlineData("mirror.copies.x", "1", "unknown property \"mirror.copies.x\"")]
    [InlineData("uuid", "x", "unknown property \"uuid\"")]
    [InlineData("timeout.max_keepalive", "1s", "invalid timeout.max_keepalive=1s, must be >= 2*(cplane_operation=2s)")]
    [InlineData("mirror.copies", "77", "invalid mirror.copies: 77 (expected value in range [2, 32])")]
    [InlineData("mirror.copies", "many", "invalid mirror.copies=many, expected an integer")]
    [InlineData("mirror", "1", "invalid mirror=1, expected one of its keys, for example mirror.copies")]
    public void Refuses_with_the_key_and_the_reason(string key, string value, string message)
    {
        var failure = Assert.Throws<StoreException>(
            () => ConfigPatch.ApplyPairs(ClusterConfig.Default, [new(key, value)]));
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void No_pair_is_an_error_and_no_key_in_a_body_is_none()
    {
        var failure = Assert.Throws<StoreException>(() => ConfigPatch.ApplyPairs(ClusterConfig.Default, []));
        Assert.Equal("no properties to update", failure.Message);
        Assert.Equal(ClusterConfig.Default, ConfigPatch.Apply(ClusterConfig.Default, Json("null")));
        Assert.Equal(ClusterConfig.Default, ConfigPatch.Apply(ClusterConfig.Default, Json("{}")));
    }

    [Fact]
    public void A_body_changes_two_keys_that_are_valid_only_together()
    {
        var changed = ConfigPatch.Apply(
            ClusterConfig.Default, Json("""{"timeout":{"max_keepalive":"10s","cplane_operation":"5s"}}"""));
        Assert.Equal(TimeSpan.FromSeconds(5), changed.Timeout.ControlPlaneOperation);
        var failure = Assert.Throws<StoreException>(
            () => ConfigPatch.Apply(ClusterConfig.Default, Json("""{"mirror":{"kopies":3}}""")));
        Assert.Equal("unknown property \"mirror.kopies\"", failure.Message);
    }

    [Fact]
    public void Asterisks_leave_the_secret_as_it_is()
    {
        var config = ConfigPatch.ApplyPairs(ClusterConfig.Default, [new("auth.secret", "s3cret")]);
        Assert.Equal("s3cret", config.Authentication.Secret);
        Assert.DoesNotContain("s3cret", config.Masked().ToJson(), StringComparison.Ordinal);
        Assert.Equal(config, ConfigPatch.ApplyPairs(config, [new("auth.secret", "**********")]));
    }

    [Fact]
    public void Pairs_become_a_nested_object_that_can_be_applied_again()
    {
        var json = ConfigPatch.PairsToJson(ConfigPatch.ParsePairs(
            "Log.Level=4,timeout.cplane_operation=9s,proxy.discovery_url=http://a:1,http://b:2,mirror.copies=3"));
        Assert.Equal(
            """{"log":{"level":"4"},"timeout":{"cplane_operation":"9s"},"proxy":{"discovery_url":"http://a:1,http://b:2"},"mirror":{"copies":3}}""",
            json.ToJsonString(new JsonSerializerOptions
            {
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }));
        JsonObject with = ConfigPatch.PairsToJson([new("timeout.max_keepalive", "18s")]);
        var merged = SparseJson.Merge(json, with);
        var changed = ConfigPatch.Apply(ClusterConfig.Default, merged);
        Assert.Equal(TimeSpan.FromSeconds(18), changed.Timeout.MaxKeepalive);
        Assert.Throws<StoreException>(() => ConfigPatch.Apply(ClusterConfig.Default, json));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("=1")]
    public void Refuses_text_that_is_no_pair(string text) =>
        Assert.Contains("expected key=value", Assert.Throws<StoreException>(() => ConfigPatch.ParsePairs(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Reset_keeps_what_the_primary_maintains()
    {
        var initial = ConfigPatch.ApplyPairs(ClusterConfig.Default, [new("log.level", "4")]);
        var current = initial with { Uuid = "u", Version = 7, Log = initial.Log with { Level = "5" } };
        current = current with { Proxy = current.Proxy with { PrimaryUrl = "http://p" } };
        var reset = ConfigPatch.Reset(current, initial);
        Assert.Equal("4", reset.Log.Level);
        Assert.Equal(("u", 7L, "http://p"), (reset.Uuid, reset.Version, reset.Proxy.PrimaryUrl));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
