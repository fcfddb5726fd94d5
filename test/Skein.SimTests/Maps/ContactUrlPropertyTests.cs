using CsCheck;
using Skein.Cluster.Primary;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.Checks;

namespace Skein.SimTests.Maps;

/// <summary>Whatever changes in a cluster, and in whatever order: the three URLs name live nodes, and are stable.</summary>
public sealed class ContactUrlPropertyTests
{
    private const int Proxies = 5;
    private const int Targets = 4;

    private static readonly NodeFlags[] Flags =
        [NodeFlags.Maintenance, NodeFlags.Decommission, NodeFlags.Down, NodeFlags.Suspect, NodeFlags.NonElectable];

    private static readonly Gen<ControlChange> AnyChange = Gen.Frequency(
        (6, Gen.Int[0, Proxies + Targets - 1].Select(number => (ControlChange)new AddNode(Node(number)))),
        (2, Gen.Int[0, Proxies + Targets - 1].Select(number => (ControlChange)new RemoveNode(Node(number).Id))),
        (4, Gen.Select(
            Gen.Int[0, Proxies + Targets - 1],
            Gen.Int[0, Flags.Length - 1].Select(index => Flags[index]),
            Gen.Bool,
            (number, flag, sets) => (ControlChange)new SetNodeFlags(
                Node(number).Id, sets ? flag : NodeFlags.None, sets ? NodeFlags.None : flag))),
        (2, Gen.Int[0, Proxies - 1].Select(number => (ControlChange)new SetPrimary(Node(number).Id))));

    [Fact]
    public void They_name_live_nodes_after_every_change() =>
        AnyChange.Array[1, 40].Sample(changes =>
        {
            var document = First();
            foreach (var change in changes)
            {
                document = ApplyIfItMakesSense(document, change);
                Assert.Null(ContactUrlRules.Violation(document));
            }
        });

    [Fact]
    public void Applying_the_rule_twice_changes_nothing() =>
        AnyChange.Array[1, 40].Sample(changes =>
        {
            var document = changes.Aggregate(First(), ApplyIfItMakesSense);
            Assert.Same(document, ContactUrls.Apply(document));
        });

    [Fact]
    public void A_target_that_comes_changes_nothing_where_there_are_three_proxies() =>
        Gen.Int[Proxies, Proxies + Targets - 1].Sample(target =>
        {
            var document = First();
            document = ApplyIfItMakesSense(document, new AddNode(Node(1)));
            document = ApplyIfItMakesSense(document, new AddNode(Node(2)));
            var next = ApplyIfItMakesSense(document, new AddNode(Node(target)));
            Assert.Equal(document.Config.Proxy, next.Config.Proxy);
        });

    private static ControlDocument First() =>
        ContactUrls.Apply(PrimaryService.FirstDocument(Node(0), "cluster01", "now", ClusterConfig.Default));

    // A change that is refused leaves the document as it is, as the primary does.
    private static ControlDocument ApplyIfItMakesSense(ControlDocument document, ControlChange change)
    {
        try
        {
            var next = change.Apply(document);
            return ReferenceEquals(next, document) ? document : ContactUrls.Apply(next);
        }
        catch (StoreException)
        {
            return document;
        }
    }

    private static NodeInfo Node(int number)
    {
        var type = number < Proxies ? NodeRoles.Proxy : NodeRoles.Target;
        return new NodeInfo
        {
            PublicNet = NodeAddress.Create("http", "127.0.0.1", 8000 + number),
            ControlNet = NodeAddress.Create("http", "127.0.0.1", 9000 + number),
            DataNet = NodeAddress.Create("http", "127.0.0.1", 10_000 + number),
            Type = type,
            Id = $"{type}-{number:D3}",
            Incarnation = $"incarnation{number:D5}",
        };
    }
}
