using Skein.Cluster.Consensus;
using Skein.Core.Errors;
using Skein.Simulator.World;

namespace Skein.Simulator.Disks;

/// <summary>
/// Where a simulated node keeps its state: either simply remembered, which is quick, or in the files of
/// <see cref="ConsensusStore"/> on a <see cref="SimDisk"/>, which shows what those do when power is lost.
/// </summary>
internal sealed class NodeStorage(SimDisk? disk, DiskMutation mutation)
{
    private const string Folder = "/node";

    private ConsensusState _remembered = ConsensusState.Blank;
    private ConsensusStore? _store;

    /// <summary>The disk; null when the state is simply remembered.</summary>
    public SimDisk? Disk => disk;

    /// <summary>What was last stored, for whoever looks from outside.</summary>
    public ConsensusState Stored => _remembered;

    /// <summary>Reads the state at a start.</summary>
    /// <exception cref="StoreException">When it is not readable: the node must not start.</exception>
    public ConsensusState Load()
    {
        if (disk is null)
        {
            return _remembered;
        }
        _store = new ConsensusStore(disk, Folder);
        disk.IgnoresFlushes = mutation == DiskMutation.NotFlushedAtStart;
        try
        {
            return _remembered = _store.Load(out _);
        }
        catch (StoreException e) when (IsIgnored(e))
        {
            foreach (var name in new[] { ".skein.vote", ".skein.accepted" })
            {
                if (mutation == DiskMutation.DamagedVoteIgnored == name.EndsWith("vote", StringComparison.Ordinal))
                {
                    disk.Delete($"{Folder}/{name}");
                    disk.Delete($"{Folder}/{name}.prev");
                }
            }
            return _remembered = _store.Load(out _);
        }
        finally
        {
            disk.IgnoresFlushes = false;
        }
    }

    /// <summary>Makes the state durable.</summary>
    /// <exception cref="PowerLossException">When power is lost meanwhile.</exception>
    public void Save(ConsensusState state)
    {
        _store?.Save(state);
        _remembered = state;
    }

    /// <summary>The node's machine loses power.</summary>
    public void LosePower() => disk?.LosePower();

    /// <summary>The disk is replaced by an empty one.</summary>
    public void Wipe()
    {
        disk?.Wipe();
        _remembered = ConsensusState.Blank;
    }

    private bool IsIgnored(StoreException e) => mutation switch
    {
        DiskMutation.DamagedVoteIgnored => e.Message.Contains(".skein.vote is damaged", StringComparison.Ordinal),
        DiskMutation.DamagedDocumentIgnored => e.Message.Contains(".skein.accepted", StringComparison.Ordinal),
        _ => false,
    };
}
