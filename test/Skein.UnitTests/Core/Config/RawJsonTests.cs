using System.Text.Json;
using Skein.Core.Config;

namespace Skein.UnitTests.Core.Config;

public sealed class RawJsonTests
{
    [Fact]
    public void OfAKeyThatIsThereTwiceTheLastValueCounts()
    {
        using var document = JsonDocument.Parse("""{ "a": 1, "b": [{"c": 1, "c": "x"}], /* no */ "a": {"d": 1.50} }""",
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });

        var value = RawJson.From(document.RootElement);

        Assert.Equal("""{"a":{"d":1.50},"b":[{"c":"x"}]}""", value.Text);
        Assert.True(RawJson.TryParse("""{"b":[{"c":"x"}],"a":{"d":1.50}}""", out var other));
        Assert.Equal(value, other);
    }
}
