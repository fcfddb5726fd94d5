using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.UnitTests.Core.Nodes;

public sealed class NodeIdTests
{
    [Theory]
    [InlineData("abcdefgh")]
    [InlineData("8bcdefgh")]
    [InlineData("a-b_c-d8")]
    [InlineData("abcdefghabcdefghabcdefghabcdefgh")]
    public void Accepts(string id) => NodeId.Validate(id);

    [Theory]
    [InlineData("", "0 characters, expected 8 to 32")]
    [InlineData("abcdefg", "7 characters, expected 8 to 32")]
    [InlineData("abcdefghabcdefghabcdefghabcdefghi", "33 characters, expected 8 to 32")]
    [InlineData("abcdefg!", "may only contain letters, digits")]
    [InlineData("abcdéfgh", "may only contain letters, digits")]
    [InlineData("-bcdefgh", "must not begin or end with a dash")]
    [InlineData("abcdefg_", "must not begin or end with a dash")]
    public void Refuses_with_the_reason(string id, string reason)
    {
        var failure = Assert.Throws<StoreException>(() => NodeId.Validate(id));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Makes_valid_ids_that_differ_and_repeat_with_the_seed()
    {
        var random = new Random(7);
        var ids = Enumerable.Range(0, 1000).Select(_ => NodeId.Generate(random)).ToList();
        Assert.All(ids, id => Assert.True(NodeId.IsValid(id) && char.IsAsciiLetter(id[0])));
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.Equal(ids[0], NodeId.Generate(new Random(7)));
        Assert.True(NodeId.IsValid(NodeId.Generate()));
    }
}
