using Skein.Cluster.Consensus;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster;

public sealed class MessageOutboxTests
{
    private readonly MessageOutbox _outbox = new(1000);

    [Fact]
    public void The_newest_heartbeat_wins()
    {
        Add(Append(1, 1, sentAt: 10));
        Add(Append(1, 2, sentAt: 20));
        Add(Append(1, 3, sentAt: 30));
        Assert.Equal(30, Assert.IsType<AppendRequest>(Take()).SentAt);
        Assert.Null(Take());
    }

    [Fact]
    public void A_document_that_waits_goes_with_the_heartbeats_that_follow()
    {
        var document = Document(2);
        Add(Append(1, document, 10));
        Add(Append(1, 2, sentAt: 20, hash: document.Hash));
        Add(Append(1, 2, sentAt: 30, hash: document.Hash));
        var sent = Assert.IsType<AppendRequest>(Take());
        Assert.Equal(30, sent.SentAt);
        Assert.Same(document, sent.Body);
        Assert.Null(Take());
    }

    [Fact]
    public void A_document_that_was_replaced_does_not_go()
    {
        Add(Append(1, Document(2), 10));
        Add(Append(1, 3, sentAt: 20));
        Assert.Null(Assert.IsType<AppendRequest>(Take()).Body);
        var newer = Document(4);
        Add(Append(1, Document(3), 30));
        Add(Append(1, newer, 40));
        Assert.Same(newer, Assert.IsType<AppendRequest>(Take()).Body);
        Assert.Null(Take());
    }

    [Fact]
    public void A_document_that_could_not_be_sent_goes_with_what_came_meanwhile()
    {
        var document = Document(2);
        Add(Append(1, document, 10));
        Assert.True(_outbox.TryTake(0, out var unsent));
        Add(Append(1, 2, sentAt: 20, hash: document.Hash));
        _outbox.PutBack(unsent);
        var sent = Assert.IsType<AppendRequest>(Take());
        Assert.Equal(20, sent.SentAt);
        Assert.Same(document, sent.Body);
        Assert.Null(Take());
    }

    [Fact]
    public void A_later_epoch_makes_everything_before_it_pointless_and_an_earlier_one_nothing()
    {
        Add(new PreVoteRequest("p", "i", "u", new Epoch(1, 5), default));
        Add(Append(1, 4, sentAt: 10, term: 4));
        Assert.Equal(2, _outbox.Count);
        Add(new VoteRequest("p", "i", "u", new Epoch(1, 6), default, false));
        Assert.IsType<VoteRequest>(Take());
        Assert.Null(Take());
    }

    [Fact]
    public void Different_questions_of_one_epoch_both_go_in_their_order()
    {
        Add(new StandNow("p", "i", "u", new Epoch(1, 5)));
        Add(new AppendReply("p", "i", "u", new Epoch(1, 5), default, "", 0));
        Assert.IsType<StandNow>(Take());
        Assert.IsType<AppendReply>(Take());
    }

    [Fact]
    public void What_has_waited_too_long_does_not_go()
    {
        Add(new StandNow("p", "i", "u", new Epoch(1, 5)), at: 0);
        Add(Append(1, 4, sentAt: 10, term: 5), at: 500);
        Assert.True(_outbox.TryTake(1001, out var sent));
        Assert.IsType<AppendRequest>(sent.Message);
    }

    [Fact]
    public void There_are_never_more_than_the_capacity_and_the_newest_stay()
    {
        for (var i = 0; i < 3 * MessageOutbox.Capacity; i++)
        {
            Add(new StandNow($"p{i}", "i", "u", new Epoch(1, 5)));
            Assert.InRange(_outbox.Count, 1, MessageOutbox.Capacity);
        }
        Assert.Equal($"p{2 * MessageOutbox.Capacity}", Take()!.From);
    }

    private void Add(ConsensusMessage message, long at = 0) => _outbox.Add(new OutgoingMessage(message, _ => { }, at));

    private ConsensusMessage? Take() => _outbox.TryTake(0, out var message) ? message.Message : null;

    private static AppendRequest Append(long generation, long version, long sentAt, string hash = "h", long term = 1) => new(
        "p", "i", "u", new Epoch(generation, term), new DocumentStamp(1, 1, version), hash, default, null, sentAt);

    private static AppendRequest Append(long generation, SealedDocument body, long sentAt) => new(
        "p", "i", "u", new Epoch(generation, 1), body.Stamp, body.Hash, default, body, sentAt);

    private static SealedDocument Document(long version) =>
        ControlDocumentCodec.Seal(ControlDocument.Empty with { Stamp = new DocumentStamp(1, 1, version) });
}
