using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Jobs;
using Skein.TestKit;

namespace Skein.UnitTests.Target.Jobs;

public sealed class JobTableTests : IDisposable
{
    private static readonly JobKind Copy = JobKinds.Find("copy-bck")!;

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 21, 5, 43, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AJobThatHasEndedIsShownWithItsTimesAndCounters()
    {
        await using var table = Open();
        var job = table.Run(new JobDescription(JobKinds.Resilver, "abc"), (progress, _) =>
        {
            progress.AddLocal(3, 300);
            progress.AddSent(2, 20);
            progress.AddReceived(1, 1);
            _time.Advance(TimeSpan.FromSeconds(5));
            return Task.CompletedTask;
        });
        await job.Completion;
        var snap = Assert.Single(table.Snapshots(new JobMessage()));
        Assert.Equal(("abc", "resilver", false, true), (snap.Id, snap.Kind, snap.IsAborted, snap.IsIdle));
        Assert.Equal(TimeSpan.FromSeconds(5), snap.EndTime - snap.StartTime);
        Assert.Equal((3, 300, 2, 20, 1, 1), (
            snap.Stats.LocalObjects, snap.Stats.LocalBytes, snap.Stats.SentObjects, snap.Stats.SentBytes,
            snap.Stats.ReceivedObjects, snap.Stats.ReceivedBytes));
        Assert.True(snap.IsFinished);
    }

    [Fact]
    public async Task AnAbortedJobSaysWhyAndRunsUntilItsBodyReturns()
    {
        await using var table = Open();
        var release = new TaskCompletionSource();
        var job = table.Run(new JobDescription(JobKinds.Resilver, "abc"), async (_, _) => await release.Task);
        Assert.True(job.Abort("asked to"));
        Assert.False(job.Abort("again"));
        var during = Assert.Single(table.Snapshots(new JobMessage()));
        Assert.Equal((true, "asked to", true), (during.IsAborted, during.AbortReason, during.IsRunning));
        release.SetResult();
        await job.Completion;
        var after = Assert.Single(table.Snapshots(new JobMessage()));
        Assert.Equal((true, "asked to", false, ""), (after.IsAborted, after.AbortReason, after.IsRunning, after.Error));
        Assert.False(job.Abort("too late"));
    }

    [Fact]
    public async Task ACancelledBodyIsAbortedAndNotFailed()
    {
        await using var table = Open();
        var job = table.Run(Parallel("abc"), (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, _time, stop));
        Assert.Equal(1, table.Abort(new JobMessage { Kind = "copy-bucket" }, "stop"));
        await job.Completion;
        var snap = Assert.Single(table.Snapshots(new JobMessage()));
        Assert.Equal((true, ""), (snap.IsAborted, snap.Error));
    }

    [Fact]
    public async Task AFailureEndsTheJobAndNamesTheError()
    {
        await using var table = Open();
        var job = table.Run(Parallel("abc"), (_, _) => throw new InvalidDataException("disk on fire"));
        await job.Completion;
        var snap = Assert.Single(table.Snapshots(new JobMessage()));
        Assert.Equal((false, "disk on fire", false), (snap.IsAborted, snap.Error, snap.IsRunning));
    }

    [Fact]
    public async Task ErrorsAreCountedAndTheFirstAreKeptWithTheirObjects()
    {
        await using var table = Open();
        var job = table.Begin(Parallel("abc"), out _);
        for (var i = 0; i < JobLimits.KeptErrors + 8; i++)
        {
            job.Progress.AddError($"ais://b/o{i}", new string('x', JobLimits.ErrorText + 1));
        }
        job.End();
        var errors = job.Progress.ReadErrors();
        Assert.Equal((JobLimits.KeptErrors + 8, JobLimits.KeptErrors), ((int)errors.Count, errors.First.Count));
        Assert.Equal(JobLimits.ErrorText + 3, errors.First[0].Message.Length);
        var snap = job.Snapshot();
        Assert.StartsWith("ais://b/o0: xxx", snap.Error, StringComparison.Ordinal);
        Assert.EndsWith($"(and {JobLimits.KeptErrors + 7} more errors)", snap.Error, StringComparison.Ordinal);
        Assert.Equal(JobLimits.KeptErrors + 8, snap.Extra!.Value.GetProperty("error_count").GetInt32());
    }

    [Fact]
    public async Task ANewerRebalanceAbortsTheOlderAndWorksAfterItsEnd()
    {
        await using var table = Open();
        var release = new TaskCompletionSource();
        var worked = new TaskCompletionSource();
        var older = table.Run(new JobDescription(JobKinds.Rebalance, "g1"), async (_, _) => await release.Task);
        var newer = table.Run(new JobDescription(JobKinds.Rebalance, "g2"), (_, _) =>
        {
            worked.SetResult();
            return Task.CompletedTask;
        });
        Assert.Equal(JobTable.Renewed, older.AbortReason);
        Assert.False(newer.Predecessor.IsCompleted);
        Assert.False(worked.Task.IsCompleted);
        release.SetResult();
        await newer.Completion;
        Assert.True(worked.Task.IsCompleted);
        var snaps = table.Snapshots(new JobMessage { Kind = "rebalance" });
        Assert.Equal([("g1", true, 1L), ("g2", false, 2L)], snaps.Select(s => (s.Id, s.IsAborted, s.RebalanceNumber)));
    }

    [Fact]
    public async Task ACleanupThatRunsStandsForTheNextOne()
    {
        await using var table = Open();
        var first = table.Begin(new JobDescription(JobKinds.Cleanup, "one"), out var isNew);
        Assert.True(isNew);
        Assert.Same(first, table.Begin(new JobDescription(JobKinds.Cleanup, "two"), out isNew));
        Assert.False(isNew);
        first.End();
        Assert.NotSame(first, table.Begin(new JobDescription(JobKinds.Cleanup, "two"), out isNew));
        Assert.True(isNew);
        table.FindRunning(JobKinds.Cleanup, "two")!.End();
    }

    [Fact]
    public async Task CopiesRunSideBySideAndTheSameIdOnlyOnce()
    {
        await using var table = Open();
        var one = table.Begin(Parallel("one"), out _);
        var two = table.Begin(Parallel("two"), out var isNew);
        Assert.True(isNew);
        Assert.Same(one, table.Begin(Parallel("one"), out isNew));
        Assert.False(isNew);
        Assert.Equal(2, table.Snapshots(new JobMessage { ShowActive = true }).Count);
        one.End();
        two.End();
        Assert.Empty(table.Snapshots(new JobMessage { ShowActive = true }));
        Assert.Equal(2, table.Snapshots(new JobMessage { ShowActive = false }).Count);
    }

    [Fact]
    public async Task WhatRunsIsBounded()
    {
        await using var table = Open();
        var jobs = Enumerable.Range(0, JobLimits.Running).Select(i => table.Begin(Parallel($"j{i}"), out _)).ToList();
        var error = Assert.Throws<StoreException>(() => table.Begin(Parallel("more"), out _));
        Assert.Equal(StoreErrorCode.Busy, error.Code);
        jobs[0].End();
        jobs.Add(table.Begin(Parallel("more"), out _));
        jobs.ForEach(job => job.End());
    }

    [Fact]
    public async Task TheHistoryOfEachKindIsBoundedAndTheOldestGo()
    {
        await using var table = Open();
        table.Begin(new JobDescription(JobKinds.Resilver, "kept"), out _).End();
        for (var i = 0; i < JobLimits.HistoryPerKind + 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            table.Begin(Parallel($"j{i}"), out _).End();
        }
        Assert.Single(table.Snapshots(new JobMessage { Kind = "resilver" }));
        var copies = table.Snapshots(new JobMessage { Kind = "copy-bck" });
        Assert.Equal(JobLimits.HistoryPerKind, copies.Count);
        Assert.Equal("j3", copies[0].Id);
    }

    [Fact]
    public async Task TheHistorySurvivesARestartAndWhatRanIsAborted()
    {
        var first = Open();
        var done = first.Begin(Parallel("done"), out _);
        done.Progress.AddLocal(7, 70);
        done.Progress.AddError("ais://b/o", "gone");
        done.End();
        first.Begin(new JobDescription(JobKinds.Rebalance, "g5"), out _);
        // The process dies here: nothing is ended.
        _time.Advance(TimeSpan.FromMinutes(1));
        await using (var second = Open())
        {
            var snaps = second.Snapshots(new JobMessage());
            Assert.Equal(["done", "g5"], snaps.Select(snap => snap.Id));
            Assert.Equal((7, "ais://b/o: gone", false), (
                snaps[0].Stats.LocalObjects, snaps[0].Error, snaps[0].IsAborted));
            Assert.Equal((true, JobTable.Restarted, false, 5L), (
                snaps[1].IsAborted, snaps[1].AbortReason, snaps[1].IsRunning, snaps[1].RebalanceNumber));
            Assert.Equal(_time.GetUtcNow().UtcDateTime, snaps[1].EndTime);
        }
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var third = Open();
        Assert.Equal(_time.GetUtcNow().UtcDateTime - TimeSpan.FromMinutes(1), third.Snapshots(new JobMessage())[1].EndTime);
    }

    [Fact]
    public async Task ARebalanceThatGoesOnAfterARestartIsOneJob()
    {
        Open().Begin(new JobDescription(JobKinds.Rebalance, "g5"), out _);
        await using var table = Open();
        var job = table.Begin(new JobDescription(JobKinds.Rebalance, "g5"), out var isNew);
        Assert.True(isNew);
        Assert.True(Assert.Single(table.Snapshots(new JobMessage())).IsRunning);
        job.End();
    }

    [Fact]
    public async Task StoppingAbortsWhatRunsAndTakesNothingMore()
    {
        var table = Open();
        var job = table.Run(Parallel("abc"), (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, _time, stop));
        await table.DisposeAsync();
        Assert.True(job.Completion.IsCompleted);
        Assert.Equal(StoreErrorCode.NotReady, Assert.Throws<StoreException>(() => table.Begin(Parallel("x"), out _)).Code);
        await using var next = Open();
        Assert.Equal(JobTable.Stopped, Assert.Single(next.Snapshots(new JobMessage())).AbortReason);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"version\":99,\"jobs\":[]}")]
    public async Task ADamagedFileIsSetAsideAndJobsGoOn(string content)
    {
        File.WriteAllText(_folder.Combine(JobHistoryFile.FileName), content);
        await using (var table = Open())
        {
            Assert.Empty(table.Snapshots(new JobMessage()));
            table.Begin(Parallel("abc"), out _).End();
        }
        Assert.Equal(content, File.ReadAllText(_folder.Combine(JobHistoryFile.FileName + ".damaged")));
        await using var next = Open();
        Assert.Single(next.Snapshots(new JobMessage()));
    }

    [Fact]
    public async Task ADiskThatRefusesDoesNotStopJobs()
    {
        await using var table = Open();
        Directory.CreateDirectory(_folder.Combine(JobHistoryFile.FileName + ".tmp"));
        var job = table.Run(Parallel("abc"), (_, _) => Task.CompletedTask);
        await job.Completion;
        Assert.True(Assert.Single(table.Snapshots(new JobMessage())).IsFinished);
    }

    [Fact]
    public async Task JobsAreFoundByAnyOfTheirBuckets()
    {
        await using var table = Open();
        table.Begin(
            new JobDescription(Copy, "abc")
            {
                Bucket = BucketName.Ais("two"),
                Source = BucketName.Ais("one"),
                Destination = BucketName.Ais("two"),
            },
            out _).End();
        Assert.Single(table.Snapshots(new JobMessage { Bucket = new WireBucket { Name = "one", Provider = "ais" } }));
        Assert.Single(table.Snapshots(new JobMessage { Bucket = new WireBucket { Name = "two" } }));
        Assert.Empty(table.Snapshots(new JobMessage { Bucket = new WireBucket { Name = "three" } }));
        Assert.Single(table.Snapshots(new JobMessage { Bucket = new WireBucket() }));
    }

    [Fact]
    public async Task ReportsFromManyThreadsAddUp()
    {
        await using var table = Open();
        var job = table.Run(Parallel("abc"), async (progress, _) =>
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    progress.AddSent(1, 10);
                    progress.AddError("", "x");
                }
            }))));
        await job.Completion;
        Assert.Equal((8000, 80000, 8000), (
            job.Progress.Stats.SentObjects, job.Progress.Stats.SentBytes, job.Progress.ErrorCount));
    }

    private static JobDescription Parallel(string id) => new(Copy, id);

    private JobTable Open() => new(new JobHistoryFile(_folder.Path), _time, NullLogger.Instance);
}
