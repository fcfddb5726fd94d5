using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Cluster.Consensus;

/// <summary>
/// The consensus state on disk: vote file, accepted document, committed document. Each is written durably before the
/// next step goes on; what is not newer is not written again.
/// </summary>
/// <remarks>
/// Vote file, format 1: 8 bytes <c>SKEINVOT</c>, format version (u32, little-endian), length of the rest (u32),
/// SHA-256 of the rest (32 bytes), generation (i64), term (i64), UTF-8 id of whom was voted for.
/// </remarks>
public sealed class ConsensusStore
{
    /// <summary>Version of the vote file's format.</summary>
    public const uint Format = 1;

    private const int HeaderSize = 8 + 4 + 4 + 32;

    private static readonly byte[] Magic = "SKEINVOT"u8.ToArray();

    private readonly IMetadataDisk _disk;
    private readonly string _folder;
    private readonly string _vote;
    private readonly ControlDocumentFile _committed;
    private readonly ControlDocumentFile _accepted;
    private ConsensusState _stored = ConsensusState.Blank;

    /// <summary>Opens a metadata folder; nothing is read yet.</summary>
    /// <param name="folder">Must exist.</param>
    public ConsensusStore(string folder)
        : this(MetadataDisk.Real, folder)
    {
    }

    internal ConsensusStore(IMetadataDisk disk, string folder)
    {
        _disk = disk;
        _folder = folder;
        _vote = Path.Combine(folder, ".skein.vote");
        _committed = new ControlDocumentFile(disk, folder, ".skein.document", strict: false);
        _accepted = new ControlDocumentFile(disk, folder, ".skein.accepted", strict: true);
    }

    /// <summary>Reads what is there.</summary>
    /// <param name="problems">What was found to be damaged, for the log.</param>
    /// <exception cref="StoreException">
    /// When there are files and none is readable: a node that forgot its vote must not take part as if it had not voted.
    /// </exception>
    public ConsensusState Load(out IReadOnlyList<string> problems)
    {
        var committed = _committed.Load(out var first);
        var accepted = _accepted.Load(out var second);
        problems = [.. first, .. second];
        var (epoch, votedFor) = ReadVote();
        // After a newborn cluster was given up the two may be of different clusters: the committed one is the newer.
        if (committed.Stamp > accepted.Stamp || (committed.Document.Exists && committed.Uuid != accepted.Uuid))
        {
            if (accepted.Document.Exists && committed.Uuid != accepted.Uuid)
            {
                _committed.Save(committed); // killed in the middle of that, perhaps between the two times
            }
            accepted = committed;
        }
        MakeDurable();
        var reign = new Epoch(accepted.Stamp.Generation, accepted.Stamp.Term);
        if (reign > epoch)
        {
            epoch = reign;
            votedFor = "";
        }
        _stored = new ConsensusState(epoch, votedFor, accepted, committed);
        return _stored;
    }

    /// <summary>
    /// A process that was killed in the middle of a write may have left files that are readable now and gone after a loss
    /// of power. What this one acts on must stay.
    /// </summary>
    private void MakeDurable()
    {
        _committed.Flush();
        _accepted.Flush();
        if (_disk.Exists(_vote))
        {
            _disk.Flush(_vote);
        }
        _disk.FlushFolder(_folder);
    }

    /// <summary>Makes the state durable.</summary>
    /// <exception cref="IOException">When the disk refuses; then nothing of the step may leave the node.</exception>
    public void Save(ConsensusState state)
    {
        if (state.Epoch != _stored.Epoch || state.VotedFor != _stored.VotedFor)
        {
            WriteVote(state.Epoch, state.VotedFor);
            _stored = _stored with { Epoch = state.Epoch, VotedFor = state.VotedFor };
        }
        if (state.Committed.Document.Exists && _stored.Committed.Document.Exists
            && state.Committed.Uuid != _stored.Committed.Uuid)
        {
            // Twice: if it is damaged, the one before it must not be of the cluster that was given up.
            _committed.Save(state.Committed);
            _committed.Save(state.Committed);
            _stored = _stored with { Committed = state.Committed };
        }
        if (state.Accepted.Stamp != _stored.Accepted.Stamp || state.Accepted.Uuid != _stored.Accepted.Uuid)
        {
            // Also when it is committed already: the committed file may fall back to an older one, this one never does.
            _accepted.Save(state.Accepted);
        }
        _stored = _stored with { Accepted = state.Accepted };
        if (state.Committed.Stamp != _stored.Committed.Stamp)
        {
            _committed.Save(state.Committed);
            _stored = _stored with { Committed = state.Committed };
        }
    }

    private void WriteVote(Epoch epoch, string votedFor)
    {
        var name = Encoding.UTF8.GetBytes(votedFor);
        var bytes = new byte[HeaderSize + 16 + name.Length];
        Magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Format);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)(16 + name.Length));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(HeaderSize), epoch.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(HeaderSize + 8), epoch.Term);
        name.CopyTo(bytes, HeaderSize + 16);
        SHA256.HashData(bytes.AsSpan(HeaderSize), bytes.AsSpan(16));
        _disk.Write(_vote + ".tmp", bytes, []);
        _disk.Flush(_vote + ".tmp");
        _disk.Move(_vote + ".tmp", _vote);
        _disk.FlushFolder(_folder);
    }

    private (Epoch Epoch, string VotedFor) ReadVote()
    {
        if (!_disk.Exists(_vote))
        {
            return (default, "");
        }
        var bytes = _disk.Read(_vote);
        Span<byte> hash = stackalloc byte[32];
        if (bytes.Length >= HeaderSize + 16
            && bytes.AsSpan(0, 8).SequenceEqual(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) == Format
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)) == bytes.Length - HeaderSize)
        {
            SHA256.HashData(bytes.AsSpan(HeaderSize), hash);
            if (hash.SequenceEqual(bytes.AsSpan(16, 32)))
            {
                return (
                    new Epoch(
                        BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(HeaderSize)),
                        BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(HeaderSize + 8))),
                    Encoding.UTF8.GetString(bytes.AsSpan(HeaderSize + 16)));
            }
        }
        throw new StoreException(
            StoreErrorCode.Internal,
            $"{_vote} is damaged: this node does not know how it voted. Delete the metadata folder {_folder}: "
                + "it comes back as a node that has lost its state, and the cluster gives it its vote anew");
    }
}
