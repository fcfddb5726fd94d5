using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.Node.Hosting;

/// <summary>Who the node is: kept in its metadata folder for life.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Incarnation">Random id of this metadata folder; a new one means that the node lost its state.</param>
internal sealed record NodeIdentity(string Id, string Incarnation)
{
    /// <summary>Version of the file format.</summary>
    public const int Format = 1;

    /// <summary>Name of the file in the metadata folder.</summary>
    public const string FileName = ".skein.node";

    /// <summary>Reads the identity, or makes and stores one.</summary>
    /// <param name="folder">Metadata folder; made when missing.</param>
    /// <param name="wantedId">Id given by the command line or the environment; empty for none.</param>
    /// <exception cref="StoreException">When the folder belongs to another id, or cannot be read or written.</exception>
    public static NodeIdentity Load(string folder, string wantedId)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, FileName);
            if (File.Exists(path))
            {
                var known = Read(path);
                return wantedId.Length == 0 || wantedId == known.Id
                    ? known
                    : throw new StoreException(
                        StoreErrorCode.InvalidRequest,
                        $"{folder} is the metadata folder of node {known.Id}, not of {wantedId}: "
                            + "start with the id it has, or give this node another confdir");
            }
            var made = new NodeIdentity(wantedId.Length == 0 ? NodeId.Generate() : wantedId, ClusterId.Generate());
            NodeId.Validate(made.Id);
            Write(path, made);
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"metadata folder {folder} (confdir) cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Gives the folder a new incarnation of the same node; nothing happens where there is none.</summary>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public static void Renew(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            Write(path, Read(path) with { Incarnation = ClusterId.Generate() });
        }
    }

    private static NodeIdentity Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJsonContext.Default.IdentityFile);
            if (file is { Format: Format, Id.Length: > 0, Incarnation.Length: > 0 })
            {
                return new NodeIdentity(file.Id, file.Incarnation);
            }
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{path} has format {file?.Format}, this build reads format {Format}");
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{path} is damaged ({e.Message}): delete it to start as a node that has lost its metadata", e);
        }
    }

    private static void Write(string path, NodeIdentity identity)
    {
        var file = new IdentityFile { Format = Format, Id = identity.Id, Incarnation = identity.Incarnation };
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(file, IdentityJsonContext.Default.IdentityFile));
    }
}

/// <summary>The identity file.</summary>
internal sealed record IdentityFile
{
    /// <summary>Version of the format.</summary>
    [JsonPropertyName("format")]
    public int Format { get; init; }

    /// <summary>Node id.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>Incarnation.</summary>
    [JsonPropertyName("incarnation")]
    public string Incarnation { get; init; } = "";
}

/// <summary>The identity file in JSON.</summary>
[JsonSerializable(typeof(IdentityFile))]
internal sealed partial class IdentityJsonContext : JsonSerializerContext;
