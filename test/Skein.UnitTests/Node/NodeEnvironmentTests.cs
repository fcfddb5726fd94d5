using System.Net;
using Skein.Core.Config;
using Skein.Node.CommandLine;

namespace Skein.UnitTests.Node;

public sealed class NodeEnvironmentTests
{
    [Fact]
    public void Nothing_set_overrides_nothing()
    {
        var environment = Read([]);
        Assert.Equal(ClusterConfig.Default, environment.Override(ClusterConfig.Default));
        Assert.Null(environment.PrimaryUrl(useHttps: false));
        Assert.Null(Read([("AIS_DAEMON_ID", "")]).DaemonId);
    }

    [Fact]
    public void Overrides_the_configuration()
    {
        var http = Read(
            [
                ("AIS_USE_HTTPS", "true"), ("AIS_SERVER_CRT", "/c"), ("AIS_SERVER_KEY", "/k"), ("AIS_CLIENT_CA", "/ca"),
                ("AIS_SKIP_VERIFY_CRT", "yes"),
            ]).Override(ClusterConfig.Default).Network.Http;
        Assert.Equal(
            (true, "/c", "/k", "/ca", true),
            (http.UseHttps, http.ServerCertificate, http.ServerKey, http.ClientCertificateAuthority, http.SkipVerify));
        var environment = Read(
            [
                ("AIS_DAEMON_ID", "abcdefgh"), ("AIS_HOST_IP", "10.1.2.3"), ("AIS_HOST_PORT", "51080"),
                ("AIS_CLUSTER_CIDR", "10.1.2.3/8"), ("AIS_READ_HEADER_TIMEOUT", "0s"), ("AIS_PROMETHEUS", "x"),
                ("MY_POD", "p"), ("POD_NAMESPACE", "n"),
            ]);
        Assert.Equal(("abcdefgh", "10.1.2.3", 51080), (environment.DaemonId, environment.HostAddress, environment.HostPort));
        Assert.True(environment.ClusterNetwork!.Value.Contains(IPAddress.Parse("10.200.0.1")));
        Assert.False(environment.ClusterNetwork!.Value.Contains(IPAddress.Parse("11.0.0.1")));
        Assert.Equal(TimeSpan.Zero, environment.ReadHeaderTimeout);
        Assert.True(environment.Prometheus);
        Assert.Equal(("p", "n"), (environment.PodName, environment.KubernetesNamespace));
    }

    [Theory]
    [InlineData("ais-proxy-0:51082", false, "http://ais-proxy-0:51082")]
    [InlineData("ais-proxy-0:51082", true, "https://ais-proxy-0:51082")]
    [InlineData("http://a:1/", false, "http://a:1")]
    [InlineData("http://a:1", true, "https://a:1")]
    [InlineData("a:1, http://b:2,c:3", false, "http://a:1,http://b:2,http://c:3")]
    public void Primary_endpoint_may_be_with_or_without_scheme(string value, bool https, string url) =>
        Assert.Equal(url, Read([("AIS_PRIMARY_EP", value)]).PrimaryUrl(https));

    [Theory]
    [InlineData("AIS_HOST_IP", "here", "expected an IP address")]
    [InlineData("AIS_HOST_PORT", "0", "expected a port in range [1, 65535]")]
    [InlineData("AIS_CLUSTER_CIDR", "10.0.0.0/40", "expected a network such as 10.0.0.0/8")]
    [InlineData("AIS_USE_HTTPS", "perhaps", "expected true or false")]
    [InlineData("AIS_READ_HEADER_TIMEOUT", "10", "expected a duration such as 10s")]
    [InlineData("AIS_DAEMON_ID", "x", "1 characters, expected 8 to 32")]
    public void Refuses_values_that_make_no_sense(string name, string value, string reason)
    {
        var failure = Assert.Throws<StartupException>(() => Read([(name, value)]));
        Assert.StartsWith($"invalid environment {name}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_primary_endpoint_with_a_path() =>
        Assert.Contains(
            "expected no path",
            Assert.Throws<StartupException>(() => Read([("AIS_PRIMARY_EP", "http://a:1/v1")]).PrimaryUrl(false)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Reads_exactly_the_variables_that_are_documented()
    {
        var asked = new HashSet<string>();
        NodeEnvironment.Read(name =>
        {
            asked.Add(name);
            return null;
        });
        Assert.Equal(NodeEnvironment.Variables.Select(variable => variable.Name).Order(), asked.Order());
    }

    private static NodeEnvironment Read(IReadOnlyList<(string Name, string Value)> variables) =>
        NodeEnvironment.Read(name => variables.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault());
}
