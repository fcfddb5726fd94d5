using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config.Schema;
using Skein.Core.Errors;

namespace Skein.Core.Config;

/// <summary>The configuration of one node (AIStore's local configuration), immutable.</summary>
public sealed record NodeConfig : ConfigSection
{
    /// <summary>A node configuration in which nothing is set; not valid by itself.</summary>
    public static NodeConfig Default { get; } = new();

    /// <summary>Absolute folder for the node's metadata.</summary>
    public string ConfigDirectory { get; init; } = "";

    /// <summary>Absolute folder for the node's logs.</summary>
    public string LogDirectory { get; init; } = "";

    /// <summary>Where the node listens.</summary>
    public HostNetworkSection HostNetwork { get; init; } = new();

    /// <summary>The mountpaths named one by one. Use <see cref="Mountpaths"/> to know all.</summary>
    public IReadOnlyList<MountpathEntry> NamedMountpaths { get; init; } = [];

    /// <summary>Mountpaths by number, for tries and tests.</summary>
    public TestMountpathsSection TestMountpaths { get; init; } = new();

    /// <summary>Absolute folders from which files may be promoted; empty for none. Default empty.</summary>
    public IReadOnlyList<string> PromoteRoots { get; init; } = [];

    /// <summary>How bytes of objects come and go.</summary>
    public DataPathSection DataPath { get; init; } = new();

    /// <summary>The mountpaths of the target: those by number when there are any, else the named ones.</summary>
    public IReadOnlyList<MountpathEntry> Mountpaths =>
        TestMountpaths.Count > 0 ? TestMountpaths.Expand() : NamedMountpaths;

    internal static SectionSchema<NodeConfig> Schema { get; } = new SectionSchema<NodeConfig>()
        .Text(
            "confdir", c => c.ConfigDirectory, (c, v) => c with { ConfigDirectory = v },
            "Absolute folder for the metadata of the node.")
        .Text("log_dir", c => c.LogDirectory, (c, v) => c with { LogDirectory = v }, "Absolute folder for logs.")
        .Section(
            "host_net", HostNetworkSection.Schema, c => c.HostNetwork, (c, v) => c with { HostNetwork = v },
            "Where the node listens.")
        .Add(new ValueField<NodeConfig, IReadOnlyList<MountpathEntry>>(
            "fspaths", "Mountpaths of a target with their labels.", new MountpathListKind(),
            c => c.NamedMountpaths, (c, v) => c with { NamedMountpaths = v }))
        .Section(
            "test_fspaths", TestMountpathsSection.Schema, c => c.TestMountpaths,
            (c, v) => c with { TestMountpaths = v }, "Mountpaths by number.")
        .Add(new ValueField<NodeConfig, IReadOnlyList<string>>(
            "promote_roots", "Folders of a target below which files may be promoted; none: nothing may.",
            new FolderListKind(), c => c.PromoteRoots, (c, v) => c with { PromoteRoots = v }))
        .Section(
            "data_path", DataPathSection.Schema, c => c.DataPath, (c, v) => c with { DataPath = v },
            "How a target moves bytes of objects.")
        .Rule(c => CheckFolder("confdir", c.ConfigDirectory))
        .Rule(c => CheckFolder("log_dir", c.LogDirectory));

    /// <summary>Every key with its type, default, range and meaning, in the order of the JSON.</summary>
    public static IReadOnlyList<ConfigKey> DescribeKeys()
    {
        var keys = new List<ConfigKey>();
        Schema.Describe(Default, "", keys);
        return keys;
    }

    /// <summary>Reads AIStore's local configuration. Keys may be in any case; unknown keys are kept.</summary>
    /// <param name="utf8">JSON text; comments and trailing commas are allowed.</param>
    /// <param name="source">What the text is, for messages, for example the file name.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> and every problem found.
    /// </exception>
    public static NodeConfig Parse(ReadOnlyMemory<byte> utf8, string source = "local configuration") =>
        ConfigReader.Parse(Schema, Default, utf8, source);

    /// <summary>Writes all keys and values without the braces around them.</summary>
    /// <param name="writer">Writer that is inside an object.</param>
    public void WriteMembers(Utf8JsonWriter writer) => Schema.WriteMembers(writer, this, null, masked: false);

    /// <summary>The configuration as one JSON object.</summary>
    public JsonObject ToJsonObject() => ConfigReader.ToNode(writer =>
    {
        writer.WriteStartObject();
        WriteMembers(writer);
        writer.WriteEndObject();
    });

    /// <summary>Every problem with the values; empty when all is well.</summary>
    /// <param name="needsMountpaths">True for a target, which must have at least one mountpath.</param>
    public IReadOnlyList<string> Validate(bool needsMountpaths)
    {
        var problems = new List<string>();
        Schema.Check(this, "", problems);
        if (needsMountpaths && problems.Count == 0 && Mountpaths.Count == 0)
        {
            problems.Add(
                "no mountpaths: a target needs fspaths such as {\"/data/mp1\": \"\"}, or test_fspaths with count > 0");
        }
        return problems;
    }

    /// <summary>Dotted paths of keys that were read and that nobody uses.</summary>
    public IReadOnlyList<string> UnknownKeys()
    {
        var unknown = new List<string>();
        Schema.CollectUnknown(this, "", unknown);
        return unknown;
    }

    private static string? CheckFolder(string key, string value)
    {
        if (value.Length == 0)
        {
            return $"invalid {key}=\"\" (must be non-empty)";
        }
        return value.StartsWith('/')
            ? null
            : $"invalid {key}=\"{ReadContext.Shorten(value)}\" (expected an absolute path)";
    }
}
