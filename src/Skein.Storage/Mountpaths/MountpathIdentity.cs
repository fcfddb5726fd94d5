using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Errors;
using Skein.Storage.Disk;

namespace Skein.Storage.Mountpaths;

/// <summary>The file <c>.skein.mountpath</c>: whose disk this is and among which paths its objects were placed.</summary>
/// <param name="Format">Version of this file's form; this program knows 1.</param>
/// <param name="NodeId">The owner.</param>
/// <param name="MountpathId">Random; stays with the disk.</param>
/// <param name="PlacedUnder">The node's mountpaths by which objects were placed.</param>
internal sealed record MountpathIdentity(
    [property: JsonPropertyName("format"), JsonRequired] int Format,
    [property: JsonPropertyName("node_id"), JsonRequired] string NodeId,
    [property: JsonPropertyName("mountpath_id"), JsonRequired] string MountpathId,
    [property: JsonPropertyName("placed_under"), JsonRequired] string[] PlacedUnder)
{
    public const string FileName = ".skein.mountpath";

    public const int CurrentFormat = 1;

    /// <summary>Reads the identity, or gives the disk one when it has none.</summary>
    /// <exception cref="StoreException">When the disk belongs to another node or the file cannot be read.</exception>
    public static MountpathIdentity ReadOrCreate(string mountpath, string nodeId, string[] allPaths)
    {
        var path = Path.Combine(mountpath, FileName);
        if (!File.Exists(path))
        {
            var fresh = new MountpathIdentity(CurrentFormat, nodeId, Guid.NewGuid().ToString("N"), allPaths);
            AtomicFile.Write(
                path, JsonSerializer.SerializeToUtf8Bytes(fresh, IdentityJsonContext.Default.MountpathIdentity));
            return fresh;
        }
        var identity = Parse(path);
        if (identity.Format != CurrentFormat)
        {
            throw Refused(
                $"mountpath {mountpath} was written in format {identity.Format}, this program knows format "
                    + $"{CurrentFormat}; use the program version that wrote it or newer");
        }
        return identity.NodeId == nodeId ? identity : throw Refused(
            $"mountpath {mountpath} belongs to node \"{identity.NodeId}\", this node is \"{nodeId}\"; mount the right "
                + $"disk, start with that node id, or, to give the disk up with all its objects, empty the folder");
    }

    private static MountpathIdentity Parse(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJsonContext.Default.MountpathIdentity)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreErrorCode.Internal,
                $"{path} cannot be read: {e.Message}; if the disk is this node's for certain, remove the file", e);
        }
    }

    private static StoreException Refused(string message) => new(StoreErrorCode.Internal, message);
}

/// <summary>Source-generated form of the identity file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(MountpathIdentity))]
internal sealed partial class IdentityJsonContext : JsonSerializerContext;
