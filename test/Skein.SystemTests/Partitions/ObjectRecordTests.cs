namespace Skein.SystemTests.Partitions;

/// <summary>The memory of what a writer was told tells a loss from what may be.</summary>
public sealed class ObjectRecordTests
{
    [Fact]
    public void WhatWasAcknowledgedLastMustBeThere()
    {
        var record = new ObjectRecord();
        Assert.True(record.MayBe(ObjectRecord.None));
        Write(record, "one");
        Write(record, "two");
        Assert.True(record.IsCertain);
        Assert.True(record.MayBe("two"));
        Assert.False(record.MayBe("one"), "rolled back");
        Assert.False(record.MayBe(ObjectRecord.None), "lost");
        Assert.True(record.WasOnce("one"));
        Assert.False(record.WasOnce("three"));
    }

    [Fact]
    public void WhatWasDeletedStaysDeleted()
    {
        var record = new ObjectRecord();
        Write(record, "one");
        Write(record, ObjectRecord.None);
        Assert.True(record.MayBe(ObjectRecord.None));
        Assert.False(record.MayBe("one"), "risen again");
    }

    [Fact]
    public void AnAttemptWithoutAnAnswerMayHaveHappened()
    {
        var record = new ObjectRecord();
        Write(record, "one");
        record.Sending("two");
        Assert.False(record.IsCertain);
        Assert.True(record.MayBe("one"));
        Assert.True(record.MayBe("two"));
        Write(record, "three");
        Assert.False(record.MayBe("two"), "an older attempt over a newer acknowledged one");
        record.Sending(ObjectRecord.None);
        record.Refused();
        Assert.False(record.MayBe(ObjectRecord.None));
    }

    private static void Write(ObjectRecord record, string content)
    {
        record.Sending(content);
        record.Confirm();
    }
}
