using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Errors;
using Skein.Storage.Disk;

namespace Skein.Storage.Mountpaths;

/// <summary>The file <c>.skein.mountpath</c>: whose disk this is and among which paths its objects were placed.</summary>
/// <param name="Format">Version of this file's form; this program knows 1.</param>
/// <param name="NodeId">The owner.</param>
/// <param name="MountpathId">Random; stays with the disk.</param>
/// <param name="PlacedUnder">The node's mountpaths among which objects lay where they belong; empty when never.</param>
/// <param name="KnownPaths">All paths of the node's mountpaths, for a node that has lost what it remembers of them.</param>
internal sealed record MountpathIdentity(
    [property: JsonPropertyName("format"), JsonRequired] int Format,
    [property: JsonPropertyName("node_id"), JsonRequired] string NodeId,
    [property: JsonPropertyName("mountpath_id"), JsonRequired] string MountpathId,
    [property: JsonPropertyName("placed_under"), JsonRequired] string[] PlacedUnder,
    [property: JsonPropertyName("known_paths")] string[]? KnownPaths = null)
{
    public const string FileName = ".skein.mountpath";

    public const int CurrentFormat = 1;

    /// <summary>Reads the identity, or gives the disk one when it has none and none is expected.</summary>
    /// <param name="mountpath">Path of the mountpath.</param>
    /// <param name="nodeId">This node.</param>
    /// <param name="expectedId">Id of the disk that belongs here; empty when none was here before.</param>
    /// <param name="others">The other mountpaths of the node, to say whose disk it is.</param>
    /// <exception cref="StoreException">When it is another disk, or the file cannot be read.</exception>
    public static MountpathIdentity ReadOrCreate(
        string mountpath, string nodeId, string expectedId, IEnumerable<MountpathRecord> others)
    {
        var path = Path.Combine(mountpath, FileName);
        if (!File.Exists(path))
        {
            if (expectedId.Length != 0)
            {
                throw Refused(
                    $"mountpath {mountpath}: the folder is not the disk {expectedId} that was used there before: it has no "
                        + $"{FileName}; mount the disk, or give its objects up by detaching the mountpath without resilver "
                        + "and attaching it again");
            }
            var fresh = new MountpathIdentity(CurrentFormat, nodeId, Guid.NewGuid().ToString("N"), []);
            fresh.Write(mountpath);
            return fresh;
        }
        var identity = Parse(path);
        if (identity.Format != CurrentFormat)
        {
            throw Refused(
                $"mountpath {mountpath} was written in format {identity.Format}, this program knows format "
                    + $"{CurrentFormat}; use the program version that wrote it or newer");
        }
        if (identity.NodeId != nodeId)
        {
            throw Refused(
                $"mountpath {mountpath} belongs to node \"{identity.NodeId}\", this node is \"{nodeId}\"; mount the right "
                    + "disk, start with that node id, or, to give the disk up with all its objects, empty the folder");
        }
        if (others.FirstOrDefault(r => r.Id == identity.MountpathId && r.Path != mountpath) is { } other)
        {
            throw Refused(
                $"mountpath {mountpath}: the disk {identity.MountpathId} that is mounted there is the one of mountpath "
                    + $"{other.Path}; mount each disk in its own place");
        }
        if (expectedId.Length != 0 && identity.MountpathId != expectedId)
        {
            throw Refused(
                $"mountpath {mountpath}: the disk {identity.MountpathId} is mounted there, but {expectedId} was used there "
                    + "before; mount that one, or give its objects up by detaching the mountpath without resilver and "
                    + "attaching it again");
        }
        return identity;
    }

    /// <summary>Writes the file durably.</summary>
    public void Write(string mountpath) => AtomicFile.Write(
        Path.Combine(mountpath, FileName),
        JsonSerializer.SerializeToUtf8Bytes(this, IdentityJsonContext.Default.MountpathIdentity));

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
