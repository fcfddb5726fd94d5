using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Target.Moves;

namespace Skein.UnitTests.Target.Moves;

public sealed class MoveStateTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Draining_waits_for_the_commits_of_older_owners_only()
    {
        var tracker = new CommitTracker();
        await tracker.DrainBelowAsync(5, None);
        var (older, same) = (tracker.Enter(4), tracker.Enter(5));
        var drained = tracker.DrainBelowAsync(5, None);
        Assert.False(drained.IsCompleted);
        var second = tracker.Enter(4);
        older.Dispose();
        older.Dispose();
        await Task.Yield();
        Assert.False(drained.IsCompleted);
        second.Dispose();
        await drained;
        var next = tracker.DrainBelowAsync(6, None);
        Assert.False(next.IsCompleted);
        same.Dispose();
        await next;
    }

    [Fact]
    public async Task A_name_has_one_holder_at_a_time()
    {
        var guards = new NameGuards();
        var first = guards.TryEnter(1, "o");
        Assert.NotNull(first);
        Assert.Null(guards.TryEnter(1, "o"));
        using (guards.TryEnter(2, "o"))
        using (guards.TryEnter(1, "p"))
        {
            var waits = guards.EnterAsync(1, "o", None).AsTask();
            Assert.False(waits.IsCompleted);
            first.Dispose();
            first.Dispose();
            using var second = await waits;
            Assert.Null(guards.TryEnter(1, "o"));
        }
        using var third = guards.TryEnter(1, "o");
        Assert.NotNull(third);
    }

    [Fact]
    public void Messages_come_over_unchanged_and_damaged_ones_are_refused()
    {
        var batch = new MoveBatch(
            BucketName.ParseUname("ais/@#/b"), 0x8000_0000_0000_0007, 12,
            [new MovingObject("ä/b", new WriteStamp(3, 1L << 50), 4096), new MovingObject("c", new WriteStamp(9, 2), 0)]);
        var bytes = MoveMessages.Encode(batch);
        var read = MoveMessages.DecodeBatch(bytes);
        Assert.Equal((batch.Bucket, batch.BucketId, batch.OwnersVersion), (read.Bucket, read.BucketId, read.OwnersVersion));
        Assert.Equal(batch.Objects, read.Objects);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.ThrowsAny<Exception>(() => MoveMessages.DecodeBatch(bytes.AsSpan(0, length)));
        }
        bytes[0] = 9;
        Assert.Throws<InvalidDataException>(() => MoveMessages.DecodeBatch(bytes));
        var answer = new MoveAnswer([MoveOutcome.Taken, MoveOutcome.Retry], LoadLevel.Busy, "why");
        var back = MoveMessages.DecodeAnswer(MoveMessages.Encode(answer), 2);
        Assert.Equal(answer.Outcomes, back.Outcomes);
        Assert.Equal((LoadLevel.Busy, "why"), (back.Load, back.Problem));
        Assert.Throws<InvalidDataException>(() => MoveMessages.DecodeAnswer(MoveMessages.Encode(answer), 3));
    }
}
