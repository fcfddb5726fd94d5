using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Cli.Jobs;

/// <summary>Shows jobs as tables, with AIStore's columns.</summary>
/// <param name="host">Where to write.</param>
/// <param name="headings">False to leave the headings out.</param>
internal sealed class JobPrinter(CliHost host, bool headings)
{
    private const string None = "-";

    /// <summary>Writes one table for each job, in the order in which the jobs began.</summary>
    public void Jobs(IReadOnlyList<JobOnTarget> snaps)
    {
        var jobs = snaps.GroupBy(entry => (entry.Snap.Kind, entry.Snap.Id));
        foreach (var job in jobs.OrderBy(job => job.Min(entry => entry.Snap.StartTime)))
        {
            if (headings)
            {
                var name = JobKinds.Find(job.Key.Kind)?.DisplayName ?? job.Key.Kind;
                host.Writer.WriteLine($"{name}[{job.Key.Id}]");
            }
            Table([.. job]);
            Problems(job);
        }
    }

    /// <summary>Writes rebalances in one table, with what each has moved.</summary>
    public void Rebalances(IReadOnlyList<JobOnTarget> snaps)
    {
        var table = new TextTable(None)
            .Add("REB ID").Add("NODE").Add("OBJECTS RECV").Add("SIZE RECV", optional: true).Add("OBJECTS SENT")
            .Add("SIZE SENT", optional: true).Add("START", optional: true).Add("END").Add("STATE");
        var rebalances = snaps
            .GroupBy(entry => entry.Snap.Id)
            .OrderBy(job => JobId.RebalanceNumber(job.Key) ?? 0)
            .Select(job => (Id: job.Key, Snaps: job.ToList()))
            .ToList();
        foreach (var (node, snap) in rebalances.SelectMany(job => job.Snaps))
        {
            table.Row(
                snap.Id, node, Number(snap.Stats.ReceivedObjects), host.Size(snap.Stats.ReceivedBytes),
                Number(snap.Stats.SentObjects), host.Size(snap.Stats.SentBytes), Time(snap.StartTime),
                Time(snap.EndTime), State(snap));
        }
        table.Write(host.Writer, host.Width, headings);
        foreach (var (id, job) in rebalances)
        {
            Problems(job);
            var objects = job.Sum(entry => entry.Snap.Stats.SentObjects);
            var bytes = job.Sum(entry => entry.Snap.Stats.SentBytes);
            if (headings && objects != 0)
            {
                host.Writer.WriteLine($"{id}: {SizeText.Objects(objects)} migrated (total size {host.Size(bytes)})");
            }
        }
    }

    /// <summary>In words how a job stands on one target.</summary>
    public static string State(JobSnap snap) => snap switch
    {
        { IsAborted: true } => "Aborted",
        { IsRunning: true, IsIdle: true } => "Idle",
        { IsRunning: true } => "Running",
        { Error.Length: > 0 } => "Finished with errors",
        _ => "Finished",
    };

    private void Table(List<JobOnTarget> job)
    {
        // In AIStore the bucket of a job with two buckets is that it reads from.
        var hasTwo = job.Exists(entry => entry.Snap.Destination.Name.Length != 0);
        var table = new TextTable(None).Add("NODE").Add("ID", optional: true).Add("KIND", optional: true);
        table = hasTwo ? table.Add("SRC BUCKET").Add("DST BUCKET") : table.Add("BUCKET");
        table = table.Add("OBJECTS").Add("BYTES", optional: true).Add("START", optional: true).Add("END").Add("STATE");
        foreach (var (node, snap) in job)
        {
            string[] buckets = hasTwo ? [Bucket(snap.Source), Bucket(snap.Destination)] : [Bucket(snap.Bucket)];
            var stats = snap.Stats;
            table.Row(
            [
                node, snap.Id, snap.Kind, .. buckets, stats.LocalObjects == 0 ? None : Number(stats.LocalObjects),
                stats.LocalBytes == 0 ? None : host.Size(stats.LocalBytes), Time(snap.StartTime), Time(snap.EndTime),
                State(snap),
            ]);
        }
        table.Write(host.Writer, host.Width, headings);
    }

    private void Problems(IEnumerable<JobOnTarget> job)
    {
        if (!headings)
        {
            return;
        }
        foreach (var (node, snap) in job)
        {
            if (snap.AbortReason.Length != 0)
            {
                host.Writer.WriteLine($"t[{node}]: aborted: {snap.AbortReason}");
            }
            if (snap.Error.Length != 0)
            {
                host.Writer.WriteLine($"t[{node}]: {snap.Error}");
            }
        }
    }

    private string Time(DateTime time) => Time(host, time);

    /// <summary>The time of day, with the day when it is another one than today; a hyphen for none.</summary>
    public static string Time(CliHost host, DateTime time)
    {
        if (time == JobSnap.NoTime)
        {
            return None;
        }
        var local = TimeZoneInfo.ConvertTimeFromUtc(time, host.Time.LocalTimeZone);
        var format = local.Date == host.Time.GetLocalNow().Date ? "HH:mm:ss" : "MM-dd HH:mm:ss";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Bucket(WireBucket bucket) => bucket.Name.Length == 0 ? "" : bucket.ToName().ToString();
}

/// <summary>How a job stands on one target.</summary>
/// <param name="Node">Id of the target.</param>
/// <param name="Snap">How it stands.</param>
internal sealed record JobOnTarget(string Node, JobSnap Snap);
