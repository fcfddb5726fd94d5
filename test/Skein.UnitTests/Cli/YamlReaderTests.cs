using Skein.Cli.Jobs;

namespace Skein.UnitTests.Cli;

/// <summary>YAML read as JSON.</summary>
public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: 1\nb: two\n", """{"a":1,"b":"two"}""")]
    [InlineData("a:\n  b:\n    - x\n    - -3\n    - 1.5\n", """{"a":{"b":["x",-3,1.5]}}""")]
    [InlineData("{name: \"x\", flag: true, none: null, empty: }", """{"name":"x","flag":true,"none":null,"empty":null}""")]
    [InlineData("a: '1'\nb: \"true\"\nc: 10KB\n", """{"a":"1","b":"true","c":"10KB"}""")]
    [InlineData("a: .5x\nb: infinity\nc: 1e3\n", """{"a":".5x","b":"infinity","c":1000}""")]
    [InlineData("# a comment\n---\na: |\n  two\n  lines\n", """{"a":"two\nlines\n"}""")]
    [InlineData("[]", "[]")]
    public void Is_read(string yaml, string json) => Assert.Equal(json, YamlReader.Read(yaml)!.ToJsonString());

    [Theory]
    [InlineData("a: &x 1\nb: *x\n", "anchors are not read")]
    [InlineData("a: *x\n", "anchors are not read")]
    [InlineData("a: 1\na: 2\n", "\"a\" is there twice")]
    [InlineData("a: 1\n---\nb: 2\n", "line 2")]
    [InlineData("a: [1, 2\n", "line")]
    [InlineData("{input_extension: .tar", "line")]
    public void Is_refused(string yaml, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => YamlReader.Read(yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_is_bounded() => Assert.Contains(
        "deeper than", Assert.Throws<FormatException>(() => YamlReader.Read(new string('[', 500))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void Nothing_is_null(string yaml) => Assert.Null(YamlReader.Read(yaml));
}
