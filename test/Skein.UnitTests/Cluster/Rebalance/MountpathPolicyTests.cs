using Skein.Cluster.Rebalance;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Rebalance;

public sealed class MountpathPolicyTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(1, 6).Select(number => TestNodes.Target(number).Id)];

    private readonly Dictionary<string, bool?> _without = [];
    private ControlDocument _document = Document(6);

    [Fact]
    public void One_without_a_mountpath_owns_nothing_until_it_has_one_again()
    {
        Assert.Null(Next());
        _without[Ids[0]] = true;
        Commit();
        Assert.False(_document.Map.Find(Ids[0])!.IsActive);
        Assert.DoesNotContain(_document.Map.ActiveTargets, node => node.Id == Ids[0]);
        Assert.Null(Next());
        _without[Ids[0]] = null; // silent: nothing is known
        Assert.Null(Next());
        _without[Ids[0]] = false;
        Commit();
        Assert.True(_document.Map.Find(Ids[0])!.IsActive);
        Assert.Null(Next());
    }

    [Fact]
    public void No_more_than_a_third_go_and_the_next_is_told()
    {
        foreach (var id in Ids)
        {
            _without[id] = true;
        }
        Commit();
        Commit();
        Assert.Null(Next());
        Assert.Equal(4, _document.Map.ActiveTargets.Count);
        MountpathPolicy.Next(_document, node => _without.GetValueOrDefault(node.Id), out var held);
        Assert.Contains("goes on owning data", held, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_one_stays()
    {
        _document = Document(1);
        _without[Ids[0]] = true;
        Assert.Null(Next());
    }

    private static ControlDocument Document(int targets) => Enumerable.Range(1, targets).Aggregate(
        ControlDocument.Empty, (document, number) => new AddNode(TestNodes.Target(number)).Apply(document));

    private SetNodeFlags? Next() =>
        MountpathPolicy.Next(_document, node => _without.GetValueOrDefault(node.Id), out _);

    private void Commit()
    {
        var change = Next();
        Assert.NotNull(change);
        _document = change.Apply(_document);
    }
}
