namespace Skein.Cluster.Primary;

/// <summary>The pause between two looks of a keeper.</summary>
/// <param name="breath">The shortest: news of many nodes at a time is one occasion.</param>
/// <param name="interval">The longest, after the breath: without news it looks all the same.</param>
/// <param name="time">Clock.</param>
internal sealed class KeeperPause(TimeSpan breath, TimeSpan interval, TimeProvider time)
{
    /// <summary>Waits for news, within the two bounds.</summary>
    /// <param name="news">Done when there is something to look at; taken before the last look.</param>
    /// <param name="cancellation">Ends the wait by an exception.</param>
    public async Task WaitAsync(Task news, CancellationToken cancellation)
    {
        await Task.Delay(breath, time, cancellation).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(news, Task.Delay(interval, time, limit.Token)).ConfigureAwait(false);
        await limit.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }
}
