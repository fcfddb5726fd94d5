using System.Text.Json.Serialization;
using Skein.Client;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Storage;

/// <summary>The storage of targets, as <c>--json</c> prints it.</summary>
internal sealed record StorageDocument
{
    /// <summary>The targets that answered, by id.</summary>
    [JsonPropertyName("targets")]
    public SortedDictionary<string, TargetStorage> Targets { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Why the others did not answer, by id.</summary>
    [JsonPropertyName("offline")]
    public SortedDictionary<string, string> Offline { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Asks a target.</summary>
    public async Task AddAsync(SkeinClient client, NodeInfo node, CancellationToken cancellation)
    {
        try
        {
            Targets[node.Id] = new TargetStorage
            {
                Mountpaths = await client.Mountpaths.GetListsAsync(node.Id, cancellation),
                Capacity = (await client.Cluster.GetNodeStatusAsync(node.Id, cancellation)).Capacity,
                Disks = await client.Mountpaths.GetDisksAsync(node.Id, cancellation),
            };
        }
        catch (SkeinException e)
        {
            Offline[node.Id] = e.Message;
        }
    }
}

/// <summary>The storage of one target.</summary>
internal sealed record TargetStorage
{
    /// <summary>Mountpaths by state.</summary>
    [JsonPropertyName("mountpaths")]
    public required MountpathLists Mountpaths { get; init; }

    /// <summary>Capacity.</summary>
    [JsonPropertyName("capacity")]
    public required TargetCapacity Capacity { get; init; }

    /// <summary>Disks.</summary>
    [JsonPropertyName("disks")]
    public required SortedDictionary<string, DiskRates> Disks { get; init; }
}
