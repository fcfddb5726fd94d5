using System.Reflection;
using System.Text;

namespace Skein.Node.CommandLine;

/// <summary>What <c>-help</c> and <c>-version</c> print.</summary>
internal static class NodeHelp
{
    private const int HelpColumn = 36;

    /// <summary>Version of the product with its revision, for example <c>0.1.0+abc</c>.</summary>
    public static string Version { get; } =
        typeof(NodeHelp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0.0.0";

    /// <summary>The help, lines ended by a line feed.</summary>
    public static string Text()
    {
        var text = new StringBuilder();
        text.Append("skeind: a node of a Skein object store\n\n");
        text.Append("Usage: skeind -role proxy|target (-local_config FILE | -data DIR) [flags]\n\n");
        text.Append("Flags (one dash or two; -flag value or -flag=value):\n");
        foreach (var flag in NodeFlagTable.All)
        {
            var name = $"  -{flag.Name} {flag.Value}".TrimEnd();
            text.Append(name.PadRight(HelpColumn))
                .Append(name.Length >= HelpColumn ? " " : "")
                .Append(flag.Help).Append('\n');
        }
        text.Append(
            """

            Examples:
              First node of a new cluster, on one machine:
                skeind -role proxy -data /var/lib/skein/p1 -listen 127.0.0.1:8080 -bootstrap
              A target that finds the cluster by itself:
                skeind -role target -data /var/lib/skein/t1 -discovery-url http://127.0.0.1:8080
              A node with AIStore's configuration files:
                skeind -role target -config /etc/ais/ais.json -local_config /etc/ais/ais_local.json
              The same with one value changed, for this run only:
                skeind ... -config_custom "timeout.send_file_time=10m" -transient

            Environment: AIS_PRIMARY_EP, AIS_DAEMON_ID, AIS_HOST_IP, AIS_HOST_PORT, AIS_USE_HTTPS, AIS_CLUSTER_CIDR
            and others; see docs/reference/configuration.md.

            """);
        return text.ToString();
    }
}
