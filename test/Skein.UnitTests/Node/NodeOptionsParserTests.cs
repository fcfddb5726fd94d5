using Skein.Core.Nodes;
using Skein.Node.CommandLine;

namespace Skein.UnitTests.Node;

public sealed class NodeOptionsParserTests
{
    [Theory]
    [InlineData("-role proxy -local_config l -daemon_id abcdefgh")]
    [InlineData("--role proxy --local_config l --daemon_id abcdefgh")]
    [InlineData("-role=proxy -local_config=l -daemon-id=abcdefgh")]
    [InlineData("--role=proxy --local-config=l --DAEMON_ID=abcdefgh")]
    public void Reads_every_form_of_a_flag(string line)
    {
        var options = Parse(line);
        Assert.Equal((NodeRole.Proxy, "l", "abcdefgh"), (options.Role, options.LocalConfigFile, options.DaemonId));
    }

    [Theory]
    [InlineData("-standby", true)]
    [InlineData("-standby=true", true)]
    [InlineData("--standby=1", true)]
    [InlineData("-standby=false", false)]
    public void Switches_stand_alone_or_with_a_value(string flag, bool expected) =>
        Assert.Equal(expected, Parse($"-role target -data d {flag} -ntargets 3").Standby);

    [Fact]
    public void Reads_all_flags_of_the_protocol_server()
    {
        var options = Parse(
            "-role target -config c -local_config l -config_custom a=b,c=d -transient -skip_startup -ntargets 4 "
            + "-loopback -start_with_lost_mountpath -allow_shared_no_disks");
        Assert.Equal(
            new NodeOptions
            {
                Role = NodeRole.Target,
                ConfigFile = "c",
                LocalConfigFile = "l",
                ConfigCustom = "a=b,c=d",
                Transient = true,
                SkipStartup = true,
                ExpectedTargets = 4,
                Loopback = true,
                StartWithLostMountpath = true,
                AllowSharedDisks = true,
            },
            options);
    }

    [Theory]
    [InlineData(
        "-role proxy",
        "missing -local_config FILE (configuration of this node) or -data DIR (a node without such a file)")]
    [InlineData("-data d", "missing -role: expecting -role proxy or -role target")]
    [InlineData("-role gateway -data d", "invalid node's role \"gateway\", expecting \"proxy\" or \"target\"")]
    [InlineData("-role proxy -data d -locl_config l", "unknown flag -locl_config; did you mean -local_config?")]
    [InlineData("-role proxy -data d -stanby", "unknown flag -stanby; did you mean -standby?")]
    [InlineData("-role proxy -data d --discoveryurl x", "unknown flag -discoveryurl; did you mean -discovery-url?")]
    [InlineData("-role proxy -data d -qqqqqqqq", "unknown flag -qqqqqqqq (see -help)")]
    [InlineData("-role proxy -data", "flag needs an argument: -data DIR")]
    [InlineData("-role proxy -data=", "flag needs an argument: -data DIR")]
    [InlineData("-role proxy -data d stray", "unexpected argument \"stray\": every argument is a flag (see -help)")]
    [InlineData("-role proxy -data d --", "unexpected argument \"--\": every argument is a flag (see -help)")]
    [InlineData("-role proxy -data d -ntargets many", "invalid value \"many\" for -ntargets: expected an integer in [0, 100000]")]
    [InlineData("-role proxy -data d -standby=maybe", "invalid value \"maybe\" for -standby: expected true or false")]
    [InlineData("-role proxy -data d -daemon_id x", "-daemon_id: node id \"x\" is invalid: 1 characters, expected 8 to 32")]
    [InlineData(
        "-role proxy -data d -local_config l",
        "-data and -listen are for a node without -local_config: give one or the other")]
    [InlineData("-role target -data d -bootstrap", "-bootstrap is for a proxy: a target cannot be the first node of a cluster")]
    [InlineData("-role proxy -data d -bootstrap -standby", "-bootstrap and -standby contradict each other: give one of them")]
    public void Refuses_with_the_reason(string line, string message) =>
        Assert.Equal(message, Assert.Throws<StartupException>(() => Parse(line)).Message);

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("help")]
    public void Help_needs_nothing_else(string line) => Assert.True(Parse(line).ShowHelp);

    [Theory]
    [InlineData("-version")]
    [InlineData("version")]
    public void Version_needs_nothing_else(string line) => Assert.True(Parse(line).ShowVersion);

    [Fact]
    public void Help_names_every_flag_in_lines_that_fit_a_terminal()
    {
        var help = NodeHelp.Text();
        Assert.All(NodeFlagTable.All, flag => Assert.Contains($"  -{flag.Name}", help, StringComparison.Ordinal));
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    private static NodeOptions Parse(string line) => NodeOptionsParser.Parse(line.Split(' '));
}
