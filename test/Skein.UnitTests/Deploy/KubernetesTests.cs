using Skein.Core.Nodes;
using Skein.Node.CommandLine;
using Skein.TestKit;
using YamlDotNet.RepresentationModel;

namespace Skein.UnitTests.Deploy;

/// <summary>The manifests of deploy fit together and start the program with flags that it knows.</summary>
public sealed class KubernetesTests
{
    private static readonly IReadOnlyList<YamlMappingNode> Documents = Read("deploy/kubernetes/skein.yaml");

    [Fact]
    public void Every_object_has_a_kind_of_its_own_name()
    {
        var names = Documents
            .Select(one => (Text(one, "apiVersion"), Text(one, "kind"), Text(one, "metadata", "name")))
            .ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(
            [("apps/v1", "StatefulSet", "skein-proxy"), ("apps/v1", "StatefulSet", "skein-target")],
            names.Where(name => name.Item2 == "StatefulSet"));
        Assert.Equal(["skein", "skein-proxy", "skein-target"], names.Where(n => n.Item2 == "Service").Select(n => n.Item3));
    }

    [Fact]
    public void Selectors_find_the_pods_and_services_are_found()
    {
        var labels = Sets().Select(set => Map(set, "spec", "template", "metadata", "labels")).ToList();
        foreach (var set in Sets())
        {
            Assert.Equal(
                Map(set, "spec", "selector", "matchLabels"), Map(set, "spec", "template", "metadata", "labels"));
            var service = Named("Service", Text(set, "spec", "serviceName"));
            Assert.Equal("None", Text(service, "spec", "clusterIP"));
            Assert.Equal("true", Text(service, "spec", "publishNotReadyAddresses"));
            Assert.Equal(Map(set, "spec", "selector", "matchLabels"), Map(service, "spec", "selector"));
        }
        foreach (var other in Documents.Where(one => Text(one, "kind") == "Service"))
        {
            Assert.Contains(Map(other, "spec", "selector"), labels);
        }
        foreach (var budget in Documents.Where(one => Text(one, "kind") == "PodDisruptionBudget"))
        {
            Assert.Contains(Map(budget, "spec", "selector", "matchLabels"), labels);
        }
    }

    [Fact]
    public void Probes_and_volumes_name_what_is_there()
    {
        foreach (var set in Sets())
        {
            var container = Container(set);
            var port = Assert.Single((YamlSequenceNode)container["ports"]);
            Assert.Equal("http", Text(port, "name"));
            Assert.Equal("/v1/health", Text(container, "readinessProbe", "httpGet", "path"));
            Assert.Equal("http", Text(container, "readinessProbe", "httpGet", "port"));
            Assert.Equal("http", Text(container, "livenessProbe", "tcpSocket", "port"));
            var claim = Assert.Single((YamlSequenceNode)At(set, "spec", "volumeClaimTemplates"));
            var mount = Assert.Single((YamlSequenceNode)container["volumeMounts"]);
            Assert.Equal(Text(claim, "metadata", "name"), Text(mount, "name"));
            Assert.Equal("/var/lib/skein", Text(mount, "mountPath"));
        }
    }

    [Theory]
    [InlineData("skein-proxy", "proxy")]
    [InlineData("skein-target", "target")]
    public void The_flags_are_those_of_the_program(string name, string role)
    {
        var container = Container(Named("StatefulSet", name));
        var script = ((YamlScalarNode)((YamlSequenceNode)container["command"])[2]).Value!;
        var line = Assert.Single(script.Split('\n'), text => text.Contains("exec skeind ", StringComparison.Ordinal));
        var flags = line[(line.IndexOf("skeind ", StringComparison.Ordinal) + 7)..];
        var options = Options(flags.Replace("\"$@\"", "-bootstrap", StringComparison.Ordinal));
        Assert.Equal(role, options.Role?.ToWire());
        Assert.True(options.Insecure);
        var port = Text(Assert.Single((YamlSequenceNode)container["ports"]), "containerPort");
        Assert.EndsWith(":" + port, options.Listen, StringComparison.Ordinal);
        Assert.Equal("http://skein-proxy:" + port, options.DiscoveryUrl);
        var advertised = ((YamlSequenceNode)container["env"]).Single(one => Text(one, "name") == "AIS_PUBLIC_HOSTNAME");
        Assert.StartsWith($"$(POD_NAME).{name}.$(POD_NAMESPACE).", Text(advertised, "value"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_services_of_compose_find_each_other()
    {
        var compose = Assert.Single(Read("deploy/compose.yaml"));
        var services = (YamlMappingNode)compose["services"];
        Assert.Equal(6, services.Children.Count);
        var formers = 0;
        foreach (var (key, service) in services.Children)
        {
            var name = ((YamlScalarNode)key).Value!;
            var options = Options(Text(service, "command"));
            Assert.Equal(name[..name.IndexOf('-', StringComparison.Ordinal)], options.Role?.ToWire());
            Assert.Equal(name, Text(service, "hostname"));
            Assert.Equal(name, Text(service, "environment", "AIS_PUBLIC_HOSTNAME"));
            foreach (var url in options.DiscoveryUrl!.Split(','))
            {
                Assert.NotEqual(name, new Uri(url).Host);
                Assert.True(services.Children.ContainsKey(new YamlScalarNode(new Uri(url).Host)), url);
            }
            Assert.True(((YamlMappingNode)compose["volumes"]).Children.ContainsKey(key), name);
            formers += options.Bootstrap ? 1 : 0;
        }
        Assert.Equal(1, formers);
    }

    private static NodeOptions Options(string words) =>
        NodeOptionsParser.Parse(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<YamlMappingNode> Sets() => Documents.Where(one => Text(one, "kind") == "StatefulSet");

    private static YamlMappingNode Named(string kind, string name) =>
        Documents.Single(one => Text(one, "kind") == kind && Text(one, "metadata", "name") == name);

    private static YamlMappingNode Container(YamlNode set) =>
        (YamlMappingNode)Assert.Single((YamlSequenceNode)At(set, "spec", "template", "spec", "containers"));

    private static YamlNode At(YamlNode node, params string[] path) => path.Aggregate(node, (at, key) => at[key]);

    private static string Text(YamlNode node, params string[] path) => ((YamlScalarNode)At(node, path)).Value!;

    private static string Map(YamlNode node, params string[] path) => string.Join(
        ", ",
        ((YamlMappingNode)At(node, path)).Children.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));

    private static List<YamlMappingNode> Read(string path)
    {
        var stream = new YamlStream();
        using var file = File.OpenText(RepositoryRoot.Combine(path));
        stream.Load(file);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }
}
