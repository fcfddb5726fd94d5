using System.Text.Json.Nodes;
using CsCheck;
using Skein.Core.Config;

namespace Skein.UnitTests.Core.Config;

public sealed class SparseJsonTests
{
    private static readonly Gen<string> Key = Gen.Int[0, 3].Select(i => "abcd"[i].ToString());

    private static readonly Gen<JsonNode> Leaf = Gen.OneOf(
        Gen.Int[0, 2].Select(number => (JsonNode)JsonValue.Create(number)),
        Gen.Bool.Select(flag => (JsonNode)JsonValue.Create(flag)),
        Gen.Bool.Select(empty => (JsonNode)JsonValue.Create(empty ? "" : "x")!),
        Gen.Int[0, 1].Select(number => (JsonNode)new JsonArray(number)));

    [Fact]
    public void Merging_the_difference_gives_the_original() =>
        Gen.Select(Object(3), Object(3)).Sample((full, defaults) =>
        {
            var sparse = SparseJson.Diff(full, defaults);
            return JsonNode.DeepEquals(SparseJson.Merge(defaults, sparse), full);
        });

    [Fact]
    public void The_difference_of_equal_objects_is_empty() =>
        Object(3).Sample(full => SparseJson.Diff(full, full.DeepClone().AsObject()).Count == 0);

    [Fact]
    public void Keeps_only_what_differs()
    {
        var defaults = JsonNode.Parse("""{"a":1,"b":{"c":2,"d":3},"e":[1]}""")!.AsObject();
        var full = JsonNode.Parse("""{"a":1,"b":{"c":2,"d":4},"e":[1],"f":{"g":{}}}""")!.AsObject();
        Assert.Equal("""{"b":{"d":4},"f":{"g":{}}}""", SparseJson.Diff(full, defaults).ToJsonString());
    }

    private static Gen<JsonObject> Object(int depth)
    {
        var value = depth == 0
            ? Leaf
            : Gen.Frequency((2, Leaf), (1, Object(depth - 1).Select(inner => (JsonNode)inner)));
        return Gen.Dictionary(Key, value)[0, 4].Select(members =>
        {
            var made = new JsonObject();
            foreach (var (key, member) in members)
            {
                made[key] = member.DeepClone();
            }
            return made;
        });
    }
}
