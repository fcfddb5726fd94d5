using System.Globalization;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Client.Jobs;
using Skein.Core.Wire;
using Spectre.Console;

namespace Skein.Cli.Jobs;

/// <summary>
/// Waits for a job and shows meanwhile, on standard error, how far it is: one line that changes in a terminal, otherwise a
/// line every few seconds.
/// </summary>
/// <param name="host">Where to show it.</param>
/// <param name="quiet">True to show nothing.</param>
internal sealed class JobWaiter(CliHost host, bool quiet)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Waits.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="which">The job.</param>
    /// <param name="timeout">Longest wait; null for any.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How it has ended; null when there is no such job.</returns>
    /// <exception cref="CliException">When the time is over.</exception>
    public async Task<JobStatus?> WaitAsync(
        SkeinClient client, JobMessage which, TimeSpan? timeout, CancellationToken cancellation)
    {
        // Only the wait ends when a person interrupts it.
        var stopping = which.AskedId.Length == 0 ? which.AskedKind : which.AskedId;
        host.Interruption.Note(() => $"The job goes on in the cluster; '{host.Program} job stop {stopping}' ends it.");
        try
        {
            var options = new JobWaitOptions { Timeout = timeout };
            if (quiet)
            {
                return await client.Jobs.WaitAsync(which, options, null, cancellation);
            }
            if (!host.Error.Profile.Out.IsTerminal || !host.Error.Profile.Capabilities.Interactive)
            {
                return await client.Jobs.WaitAsync(which, options, new Lines(host), cancellation);
            }
            return await host.Error.Status().StartAsync(
                "Waiting",
                context => client.Jobs.WaitAsync(
                    which, options, new Immediate(report => context.Status(Markup.Escape(Text(host, report)))), cancellation));
        }
        catch (TimeoutException e)
        {
            throw new CliException(e.Message, "it goes on: 'skein show job' shows how far it is");
        }
    }

    /// <summary>How far a job is, in one line.</summary>
    public static string Text(CliHost host, JobReport report)
    {
        var snaps = report.Snaps.Values.SelectMany(list => list).ToList();
        var done = snaps.Count(snap => !snap.IsRunning);
        var (sent, local) = (snaps.Sum(snap => snap.Stats.SentObjects), snaps.Sum(snap => snap.Stats.LocalObjects));
        var bytes = sent > local ? snaps.Sum(snap => snap.Stats.SentBytes) : snaps.Sum(snap => snap.Stats.LocalBytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Status.Kind}[{report.Status.Id}]: {SizeText.Objects(Math.Max(sent, local))}, {host.Size(bytes)}, "
                + $"{done} of {report.Snaps.Count} targets done, {SizeText.Duration(report.Waited)}");
    }

    /// <summary>Throws when a job has not ended as it should.</summary>
    /// <exception cref="CliException">When it was aborted, or had errors.</exception>
    public static void Require(JobStatus status)
    {
        var name = $"{status.Kind}[{status.Id}]";
        if (status.IsAborted)
        {
            throw new CliException($"{name} was aborted" + (status.Error.Length == 0 ? "" : $": {status.Error}"));
        }
        if (status.Error.Length != 0)
        {
            throw new CliException(
                $"{name} finished with errors: {status.Error}", $"'skein show job {status.Id}' shows more");
        }
    }

    private sealed class Immediate(Action<JobReport> show) : IProgress<JobReport>
    {
        public void Report(JobReport value) => show(value);
    }

    private sealed class Lines(CliHost host) : IProgress<JobReport>
    {
        private TimeSpan _last;

        public void Report(JobReport value)
        {
            if (value.Waited - _last >= LineInterval)
            {
                _last = value.Waited;
                host.Error.Profile.Out.Writer.WriteLine(Text(host, value));
            }
        }
    }
}
