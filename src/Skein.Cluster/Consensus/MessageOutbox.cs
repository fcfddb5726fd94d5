using System.Diagnostics.CodeAnalysis;

namespace Skein.Cluster.Consensus;

/// <summary>A message that waits to be sent.</summary>
/// <param name="Message">The message.</param>
/// <param name="OnReply">Takes the answer.</param>
/// <param name="At">When it was given, in milliseconds of a monotonic clock.</param>
public sealed record OutgoingMessage(ConsensusMessage Message, Action<ConsensusMessage> OnReply, long At);

/// <summary>
/// Messages to one voter that wait for the link. Whatever the newest makes pointless is dropped, so that a slow link
/// carries what is true now and not what was true once. A document that waits is not lost by that: the message that
/// replaces its own carries it along. Not thread-safe.
/// </summary>
/// <param name="patience">A message that has waited longer than this, in milliseconds, is not sent any more.</param>
public sealed class MessageOutbox(long patience)
{
    /// <summary>Most messages that wait; one more drops the oldest.</summary>
    public const int Capacity = 8;

    private readonly List<OutgoingMessage> _waiting = new(Capacity);

    /// <summary>Number of messages that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Takes a message in.</summary>
    public void Add(OutgoingMessage next)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            var earlier = _waiting[i].Message;
            if (IsPointless(earlier, next.Message))
            {
                next = next with { Message = WithDocumentOf(earlier, next.Message) };
                _waiting.RemoveAt(i);
            }
        }
        if (_waiting.Count == Capacity)
        {
            _waiting.RemoveAt(0);
        }
        _waiting.Add(next);
    }

    /// <summary>Takes back, as the oldest, a message that could not be sent.</summary>
    public void PutBack(OutgoingMessage unsent)
    {
        OutgoingMessage[] later = [.. _waiting];
        _waiting.Clear();
        Add(unsent);
        foreach (var message in later)
        {
            Add(message);
        }
    }

    /// <summary>The message to send next; those that have waited too long are dropped.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="message">The message; null for none.</param>
    public bool TryTake(long now, [NotNullWhen(true)] out OutgoingMessage? message)
    {
        while (_waiting.Count > 0)
        {
            message = _waiting[0];
            _waiting.RemoveAt(0);
            if (now - message.At <= patience)
            {
                return true;
            }
        }
        message = null;
        return false;
    }

    private static bool IsPointless(ConsensusMessage earlier, ConsensusMessage later) =>
        earlier.From == later.From
        && earlier.Incarnation == later.Incarnation
        && earlier.Uuid == later.Uuid
        && (earlier.Epoch < later.Epoch || (earlier.Epoch == later.Epoch && earlier.GetType() == later.GetType()));

    private static ConsensusMessage WithDocumentOf(ConsensusMessage earlier, ConsensusMessage later) =>
        earlier is AppendRequest { Body: { } body }
            && later is AppendRequest { Body: null } bare
            && body.Stamp == bare.Stamp && body.Hash == bare.Hash
            ? bare with { Body = body }
            : later;
}
