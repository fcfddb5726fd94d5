using System.Text;
using Skein.Cluster.Timeline;

namespace Skein.UnitTests.Cluster.Timeline;

public sealed class DocumentDiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "a: 1 -> 2")]
    [InlineData("""{"stamp":"1.1.1","a":{"stamp":1}}""", """{"stamp":"1.1.2","change":{},"a":{"stamp":2}}""", "a.stamp: 1 -> 2")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":1,"c":"x"}}""", "a.c:  -> \"x\"")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{}}""", "a.b: 1 -> ")]
    [InlineData("""{"a":null}""", """{"a":{"b":1}}""", "a: null -> {\"b\":1}")]
    [InlineData("""{"l":["x","y"]}""", """{"l":["x","z"]}""", "l: [\"x\",\"y\"] -> [\"x\",\"z\"]")]
    [InlineData(
        """{"v":[{"id":"p1","w":false}]}""",
        """{"v":[{"id":"t1","w":true},{"id":"p1","w":true}]}""",
        "v.p1.w: false -> true; v.t1:  -> {\"id\":\"t1\",\"w\":true}")]
    [InlineData("""{"bmd":{"@ais/#/b":{"x":1}}}""", """{"bmd":{"@ais/#/b":{"x":2}}}""", "bmd[\"@ais/#/b\"].x: 1 -> 2")]
    [InlineData(
        """{"config":{"auth":{"secret":"one","keys":{"a":{"key":"k1"}}}}}""",
        """{"config":{"auth":{"secret":"two"}}}""",
        "config.auth.keys: {\"a\":{\"key\":\"**********\"}} -> ; config.auth.secret: \"**********\" -> \"**********\"")]
    public void Differences_are_found_by_structure(string before, string after, string expected)
    {
        var changes = DocumentDiff.Compare(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after), out var truncated);
        Assert.False(truncated);
        Assert.Equal(
            expected,
            string.Join("; ", changes.Select(change =>
                $"{change.Path}: {change.Before?.GetRawText()} -> {change.After?.GetRawText()}")));
    }

    [Fact]
    public void A_list_without_end_is_cut_and_says_so()
    {
        var many = "{" + string.Join(',', Enumerable.Range(0, 10_050).Select(i => $"\"k{i}\":1")) + "}";
        var changes = DocumentDiff.Compare("{}"u8.ToArray(), Encoding.UTF8.GetBytes(many), out var truncated);
        Assert.True(truncated);
        Assert.Equal(DocumentDiff.MaxDifferences, changes.Count);
    }
}
