using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Simulator.Exhaustive;

/// <summary>A message that waits.</summary>
/// <param name="To">Number of the receiver.</param>
/// <param name="Message">The message.</param>
internal sealed record SmallMessage(int To, ConsensusMessage Message)
{
    /// <summary>True for the same text to the same node; documents are compared by their hashes.</summary>
    public bool IsSame(SmallMessage other) => To == other.To && (Message, other.Message) switch
    {
        (AppendRequest mine, AppendRequest its) => mine.Body?.Hash == its.Body?.Hash
            && mine with { Body = null } == its with { Body = null },
        _ => Message == other.Message,
    };

    /// <summary>The message in 64 bits; times as distances from the clock of the node that they are of.</summary>
    public ulong Sum(Fingerprint sum, ConsensusCore[] cores)
    {
        sum.Reset();
        sum.Add(To);
        sum.Add(Message.From);
        sum.Add(Message.Epoch.Term);
        switch (Message)
        {
            case PreVoteRequest request:
                sum.Add(1);
                Add(sum, request.Last);
                break;
            case PreVoteReply reply:
                sum.Add(reply.Granted ? 2 : 3);
                sum.Add(reply.Proposed.Term);
                break;
            case VoteRequest request:
                sum.Add(request.Transfer ? 4 : 5);
                Add(sum, request.Last);
                break;
            case VoteReply reply:
                sum.Add(reply.Granted ? 6 : 7);
                break;
            case AppendRequest request:
                sum.Add(8);
                sum.Add(request.Hash);
                sum.Add(request.Body is null ? 0 : 1);
                Add(sum, request.Committed);
                sum.Add(request.SentAt - cores[request.From[1] - '1'].Now);
                break;
            case AppendReply reply:
                sum.Add(9);
                sum.Add(reply.Hash);
                sum.Add(reply.SentAt - cores[To].Now);
                break;
            case DocumentOffer offer:
                sum.Add(10);
                sum.Add(offer.Body.Hash);
                break;
            default:
                sum.Add(11);
                break;
        }
        return sum.Value;
    }

    private static void Add(Fingerprint sum, DocumentStamp stamp)
    {
        sum.Add(stamp.Term);
        sum.Add(stamp.Version);
    }
}
