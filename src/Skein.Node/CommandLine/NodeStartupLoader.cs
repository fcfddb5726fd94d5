using System.Globalization;
using System.Text.Json.Nodes;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.Node.CommandLine;

/// <summary>Puts command line, environment and files together.</summary>
internal static class NodeStartupLoader
{
    /// <summary>Largest configuration file, in bytes.</summary>
    public const int MaxConfigBytes = 4 << 20;

    /// <summary>Reads the files named on the command line and checks everything together.</summary>
    /// <param name="options">The command line; neither help nor version is asked for.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="StartupException">When something is wrong; the message says what and where.</exception>
    public static NodeStartup Load(NodeOptions options, NodeEnvironment environment)
    {
        var role = options.Role ?? throw new StartupException("missing -role: expecting -role proxy or -role target");
        try
        {
            return Build(role, options, environment);
        }
        catch (StoreException failure)
        {
            throw new StartupException(failure.Message, failure);
        }
    }

    private static NodeStartup Build(NodeRole role, NodeOptions options, NodeEnvironment environment)
    {
        var node = options.LocalConfigFile is { } localFile
            ? NodeConfig.Parse(ReadFile(localFile, "local_config"), localFile)
            : WithoutFile(role, options);
        node = environment.Override(node);
        var problems = node.Validate(needsMountpaths: role == NodeRole.Target);
        if (problems.Count > 0)
        {
            throw new StartupException($"{options.LocalConfigFile ?? "-data"}: {string.Join("; ", problems)}");
        }
        var initial = options.ConfigFile is { } file
            ? ClusterConfig.Parse(ReadFile(file, "config"), file)
            : ClusterConfig.Default;
        if (options.DiscoveryUrl is { } discovery)
        {
            initial = WithDiscovery(initial, discovery);
        }
        var pairs = ConfigPatch.ParsePairs(options.ConfigCustom);
        JsonObject overrides = pairs.Count == 0 ? [] : ConfigPatch.PairsToJson(pairs);
        var cluster = environment.Override(ConfigPatch.Apply(initial, overrides));
        return new NodeStartup
        {
            Role = role,
            Options = options,
            Environment = environment,
            DaemonId = options.DaemonId ?? environment.DaemonId,
            Node = node,
            InitialCluster = initial,
            Override = overrides,
            Cluster = cluster,
            JoinUrls = CollectUrls(cluster, environment),
            UnknownKeys =
            [
                .. initial.UnknownKeys().Select(key => $"{options.ConfigFile}: {key}"),
                .. node.UnknownKeys().Select(key => $"{options.LocalConfigFile}: {key}"),
            ],
        };
    }

    private static NodeConfig WithoutFile(NodeRole role, NodeOptions options)
    {
        var data = Path.GetFullPath(
            options.DataDirectory ?? throw new StartupException("missing -local_config FILE or -data DIR"));
        var (host, port) = ParseListen(options.Listen ?? "127.0.0.1:0");
        var count = role == NodeRole.Target ? options.Mountpaths : 0;
        return NodeConfig.Default with
        {
            ConfigDirectory = Path.Combine(data, "conf"),
            LogDirectory = Path.Combine(data, "log"),
            HostNetwork = new HostNetworkSection { Hostname = host, Port = port },
            NamedMountpaths =
            [
                .. Enumerable.Range(1, count).Select(number => new MountpathEntry(
                    Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"mp{number}")), "")),
            ],
        };
    }

    private static (string Host, int Port) ParseListen(string listen)
    {
        var colon = listen.LastIndexOf(':');
        if (colon >= 0
            && int.TryParse(listen.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= 65535)
        {
            return (listen[..colon].Trim('[', ']'), port);
        }
        throw new StartupException(
            $"invalid value \"{listen}\" for -listen: expected HOST:PORT, for example 127.0.0.1:8080");
    }

    private static ClusterConfig WithDiscovery(ClusterConfig config, string urls)
    {
        var changed = config with { Proxy = config.Proxy with { DiscoveryUrl = urls } };
        var problems = changed.Validate();
        return problems.Count == 0
            ? changed
            : throw new StartupException($"-discovery-url: {string.Join("; ", problems)}");
    }

    private static List<string> CollectUrls(ClusterConfig config, NodeEnvironment environment)
    {
        string[] sources =
        [
            environment.PrimaryUrl(config.Network.Http.UseHttps) ?? "",
            config.Proxy.PrimaryUrl,
            config.Proxy.DiscoveryUrl,
            config.Proxy.OriginalUrl,
        ];
        var urls = new List<string>();
        foreach (var url in string.Join(',', sources)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var clean = url.TrimEnd('/');
            if (!urls.Contains(clean, StringComparer.OrdinalIgnoreCase))
            {
                urls.Add(clean);
            }
        }
        return urls;
    }

    private static byte[] ReadFile(string file, string flag)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Exists && info.Length > MaxConfigBytes)
            {
                throw new StartupException(
                    $"-{flag} \"{file}\": {info.Length} bytes, at most {MaxConfigBytes} are read");
            }
            return File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"failed to load -{flag} \"{file}\": {failure.Message}", failure);
        }
    }
}
