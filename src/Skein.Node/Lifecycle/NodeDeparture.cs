using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Node.CommandLine;
using Skein.Node.Hosting;
using Skein.Storage.Mountpaths;

namespace Skein.Node.Lifecycle;

/// <summary>
/// How a node forgets its cluster. First a mark is made durable: from then on the node is out, whatever happens. What the
/// mark says is done when the node does not run, by <see cref="Finish"/>, and again from the beginning after a crash.
/// </summary>
/// <param name="RemoveUserData">The objects go, too.</param>
/// <param name="NoShutdown">The process goes on and stands by.</param>
internal sealed record NodeDeparture(
    [property: JsonPropertyName("rm_user_data")] bool RemoveUserData,
    [property: JsonPropertyName("no_shutdown")] bool NoShutdown)
{
    private const string FileName = ".skein.leaving";
    private const string OwnFiles = ".skein.*";

    /// <summary>Makes the mark, durably. Repeated, it changes nothing: the first word counts.</summary>
    /// <param name="folder">Metadata folder.</param>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public void Mark(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            return;
        }
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, DepartureJsonContext.Default.NodeDeparture));
    }

    /// <summary>Does what a mark asks for. Nothing of the node may be open.</summary>
    /// <returns>What the node was told; null when there is no mark.</returns>
    /// <exception cref="StoreException">When the disk refuses; the mark stays.</exception>
    public static NodeDeparture? Finish(NodeStartup startup)
    {
        var folder = startup.Node.ConfigDirectory;
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }
        try
        {
            var told = Read(path);
            if (told.RemoveUserData)
            {
                var configured = startup.Node.Mountpaths.Select(mountpath => mountpath.Path);
                foreach (var mountpath in MountpathErasure.PathsOf(folder, configured))
                {
                    MountpathErasure.Erase(mountpath);
                }
            }
            Forget(folder, keepsId: !told.RemoveUserData);
            File.Delete(path);
            FolderFlush.Flush(folder);
            return told;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.Internal,
                $"this node has left its cluster and cannot remove what it kept: {e.Message}; make {folder} and the "
                    + "mountpaths writable and start it again, or empty them by hand",
                e);
        }
    }

    private static NodeDeparture Read(string path)
    {
        try
        {
            // A mark that cannot be read is one all the same; nothing is removed that was not asked for.
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), DepartureJsonContext.Default.NodeDeparture)
                ?? new NodeDeparture(false, false);
        }
        catch (JsonException)
        {
            return new NodeDeparture(false, false);
        }
    }

    /// <summary>
    /// Removes vote, documents, timeline and whatever else Skein has put there; nobody else's files. The id stays with the
    /// mountpaths that name it, in a new incarnation, and so does the list of the mountpaths.
    /// </summary>
    private static void Forget(string folder, bool keepsId)
    {
        foreach (var file in Directory.EnumerateFiles(folder, OwnFiles).ToList())
        {
            var name = Path.GetFileName(file);
            if (name != FileName && !(keepsId && name is (NodeIdentity.FileName or MountpathErasure.RegistryName)))
            {
                File.Delete(file);
            }
        }
        if (keepsId)
        {
            NodeIdentity.Renew(folder);
        }
        FolderFlush.Flush(folder);
    }
}

/// <summary>The mark in JSON.</summary>
[JsonSerializable(typeof(NodeDeparture))]
internal sealed partial class DepartureJsonContext : JsonSerializerContext;
