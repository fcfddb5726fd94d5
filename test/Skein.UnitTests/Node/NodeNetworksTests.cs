using Skein.Core.Nodes;
using Skein.Node.CommandLine;
using Skein.Node.Hosting;

namespace Skein.UnitTests.Node;

/// <summary>The addresses that a node tells others.</summary>
public sealed class NodeNetworksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("skein-networks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_public_name_holds_for_the_networks_that_share_its_listener()
    {
        var node = Describe("-listen 0.0.0.0:0 -insecure", ("AIS_PUBLIC_HOSTNAME", "pod-0.skein"));
        Assert.Equal("pod-0.skein", node.PublicNet.Host);
        Assert.Equal(node.PublicNet, node.ControlNet);
        Assert.Equal(node.PublicNet, node.DataNet);
    }

    [Fact]
    public void Any_address_is_not_told_to_others()
    {
        var node = Describe("-listen 0.0.0.0:0 -insecure");
        foreach (var address in new[] { node.PublicNet, node.ControlNet, node.DataNet })
        {
            Assert.NotEqual("0.0.0.0", address.Host);
            Assert.NotEqual("0", address.Port);
        }
    }

    [Fact]
    public void An_address_is_told_as_it_was_given()
    {
        var node = Describe("-listen localhost:0");
        Assert.Equal(("localhost", "localhost"), (node.PublicNet.Host, node.ControlNet.Host));
    }

    private NodeInfo Describe(string flags, params (string Name, string Value)[] environment)
    {
        var startup = NodeStartupLoader.Load(
            NodeOptionsParser.Parse($"-role proxy -data {_folder} {flags}".Split(' ')),
            NodeEnvironment.Read(name => environment.FirstOrDefault(pair => pair.Name == name).Value));
        var listeners = Listeners.Bind(NodeNetworks.Plan(startup.Node.HostNetwork, startup.Options.Insecure));
        foreach (var listener in listeners)
        {
            listener.Socket.Dispose();
        }
        return NodeNetworks.Describe(startup, new NodeIdentity("p1", "i1"), listeners);
    }
}
