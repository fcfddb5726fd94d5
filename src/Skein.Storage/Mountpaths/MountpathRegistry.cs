using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Errors;
using Skein.Storage.Disk;

namespace Skein.Storage.Mountpaths;

/// <summary>
/// The file in the node's metadata folder that says which mountpaths the node has, how each takes part, and among which
/// sets of paths objects were placed since they last lay where they belong. Replaced as a whole, durably, before a change
/// takes effect.
/// </summary>
/// <param name="Format">Version of this file's form; this program knows 1.</param>
/// <param name="NodeId">Whose it is.</param>
/// <param name="Mountpaths">All mountpaths, by path.</param>
/// <param name="Sets">The sets of paths among which objects were placed, oldest first; the last is the present one.</param>
/// <param name="Anywhere">True when objects may lie on any mountpath, whatever the sets say.</param>
internal sealed record MountpathRegistry(
    [property: JsonPropertyName("format"), JsonRequired] int Format,
    [property: JsonPropertyName("node_id"), JsonRequired] string NodeId,
    [property: JsonPropertyName("mountpaths"), JsonRequired] MountpathRecord[] Mountpaths,
    [property: JsonPropertyName("sets"), JsonRequired] string[][] Sets,
    [property: JsonPropertyName("anywhere"), JsonRequired] bool Anywhere)
{
    public const string FileName = ".skein.mountpaths";

    public const int CurrentFormat = 1;

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="StoreException">When it cannot be read: nobody knows then what may be denied.</exception>
    public static MountpathRegistry? Read(string path, string nodeId)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        MountpathRegistry registry;
        try
        {
            registry = JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJsonContext.Default.MountpathRegistry)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw Refused(
                $"{path} cannot be read: {e.Message}; if all configured mountpaths hold their right disks, remove the file", e);
        }
        if (registry.Format != CurrentFormat)
        {
            throw Refused(
                $"{path} was written in format {registry.Format}, this program knows format {CurrentFormat}; use the "
                    + "program version that wrote it or newer");
        }
        return registry.NodeId == nodeId ? registry : throw Refused(
            $"{path} belongs to node \"{registry.NodeId}\", this node is \"{nodeId}\"; start with that node id, or with a "
                + "metadata folder of its own");
    }

    /// <summary>Replaces the file durably.</summary>
    public void Write(string path) => AtomicFile.Write(
        path, JsonSerializer.SerializeToUtf8Bytes(this, RegistryJsonContext.Default.MountpathRegistry));

    private static StoreException Refused(string message, Exception? cause = null) =>
        new(StoreErrorCode.Internal, message, cause);
}

/// <summary>Source-generated form of the registry file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(MountpathRegistry))]
internal sealed partial class RegistryJsonContext : JsonSerializerContext;
