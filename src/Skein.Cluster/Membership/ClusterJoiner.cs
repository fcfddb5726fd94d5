using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Membership;

/// <summary>
/// Lets a node into its cluster: runs a <see cref="JoinSearch"/> over the network until somebody admits it. One
/// procedure for first start, restart, wiped disk and network loss. Names of hosts are resolved beside the search, anew in
/// every round, and each of their addresses is asked.
/// </summary>
public sealed class ClusterJoiner
{
    /// <summary>Answers and addresses that may wait to be looked at.</summary>
    public const int MaxNews = 256;

    private const int ReportEveryRounds = 8;

    private readonly NodeInfo _self;
    private readonly MetadataOwner _owner;
    private readonly IPeerTransport _transport;
    private readonly CandidateResolver _resolver;
    private readonly TimeProvider _time;
    private readonly Func<int> _seed;
    private readonly ILogger<ClusterJoiner> _log;
    private volatile ChannelWriter<News>? _running;
    private volatile IReadOnlyList<string> _invitedBy = [];

    /// <summary>Makes a joiner.</summary>
    /// <param name="self">This node as it describes itself.</param>
    /// <param name="owner">Owner of the document.</param>
    /// <param name="transport">Way to others.</param>
    /// <param name="resolver">Finds the addresses of names.</param>
    /// <param name="time">Clock.</param>
    /// <param name="seed">Gives the seed of each search's jitter.</param>
    /// <param name="log">Log.</param>
    public ClusterJoiner(
        NodeInfo self,
        MetadataOwner owner,
        IPeerTransport transport,
        CandidateResolver resolver,
        TimeProvider time,
        Func<int> seed,
        ILogger<ClusterJoiner> log)
    {
        _self = self;
        _owner = owner;
        _transport = transport;
        _resolver = resolver;
        _time = time;
        _seed = seed;
        _log = log;
    }

    /// <summary>Candidates and, after them, all addresses of the names among them.</summary>
    public Task<IReadOnlyList<string>> ExpandAsync(IReadOnlyList<string> candidates, CancellationToken cancellation) =>
        _resolver.ExpandAsync(candidates, cancellation);

    /// <summary>
    /// A cluster that counts this node among its own has sent its document. Whoever leads it is asked next, at once if a
    /// search is under way: a node that has lost its disk may know no address but its own.
    /// </summary>
    public void Invite(SealedDocument document)
    {
        if (document.Document.Map.Primary is { } primary && primary.Id != _self.Id)
        {
            _invitedBy = [primary.ControlNet.Url, primary.PublicNet.Url];
            _running?.TryWrite(new News("", new JoinReply.NotPrimary(_invitedBy), []));
        }
    }

    /// <summary>Searches until the node is a member; ends early only when told to stop.</summary>
    /// <param name="candidates">Whom to ask, from <see cref="JoinCandidates"/>; asked for anew after each failed round.</param>
    /// <param name="cancellation">Stops the search.</param>
    public async Task JoinAsync(Func<IReadOnlyList<string>> candidates, CancellationToken cancellation)
    {
        var config = _owner.Current.Document.Config.Skein;
        var options = JoinSearchOptions.Default with
        {
            Stagger = (long)config.JoinStagger.TotalMilliseconds,
            RetryMax = (long)config.JoinRetryMax.TotalMilliseconds,
        };
        IReadOnlyList<string> first = [.. _invitedBy.Union(candidates())];
        if (first.Count == 0)
        {
            if (!_owner.Current.Document.Exists)
            {
                ClusterLog.NowhereToJoin(_log);
            }
        }
        else
        {
            ClusterLog.Searching(_log, string.Join(", ", first));
        }
        var search = new JoinSearch(first, options, new Random(_seed()));
        var answers = Channel.CreateBounded<News>(MaxNews);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = _time.GetTimestamp();
        var rounds = 0;
        var step = search.OnTick(Elapsed(started));
        _running = answers.Writer;
        try
        {
            Resolve(first, answers.Writer, stop.Token);
            while (true)
            {
                foreach (var url in step.Try)
                {
                    _ = AskAsync(url, options, answers.Writer, stop.Token);
                }
                var answer = await NextAsync(answers.Reader, step.WakeAt - Elapsed(started), stop.Token)
                    .ConfigureAwait(false);
                if (answer?.Reply is null)
                {
                    search.Add(answer?.Addresses ?? []);
                    step = search.OnTick(Elapsed(started));
                }
                else if (await IsAdmittedAsync((answer.Url, answer.Reply), started, cancellation).ConfigureAwait(false))
                {
                    return;
                }
                else
                {
                    step = Advance(search, (answer.Url, answer.Reply), Elapsed(started));
                }
                if (search.FailedRounds > rounds)
                {
                    rounds = search.FailedRounds;
                    var known = candidates();
                    search.Add(known);
                    Resolve(known, answers.Writer, stop.Token);
                    Report(rounds, known);
                }
            }
        }
        finally
        {
            _running = null;
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Resolve(IReadOnlyList<string> urls, ChannelWriter<News> news, CancellationToken cancellation) =>
        _resolver.Begin(
            urls,
            addresses => news.TryWrite(new News("", null, [.. addresses.Where(url => !IsOwn(url))])),
            cancellation);

    private bool IsOwn(string url) =>
        url == _self.PublicNet.Url || url == _self.ControlNet.Url || url == _self.DataNet.Url;

    private void Report(int rounds, IReadOnlyList<string> urls)
    {
        if (rounds % ReportEveryRounds == 3 && urls.Count > 0)
        {
            ClusterLog.JoinFailing(_log, rounds, urls.Count, string.Join(", ", urls));
        }
    }

    private static JoinStep Advance(JoinSearch search, (string Url, JoinReply Reply) answer, long now) =>
        answer.Reply switch
        {
            JoinReply.NotPrimary other => search.OnAnswer(answer.Url, JoinAnswer.NotPrimary, other.PrimaryUrls, now),
            JoinReply.Refused => search.OnAnswer(answer.Url, JoinAnswer.Refused, [], now),
            JoinReply.NotReady => search.OnAnswer(answer.Url, JoinAnswer.NotReady, [], now),
            _ => search.OnAnswer(answer.Url, JoinAnswer.Unreachable, [], now),
        };

    private async Task<bool> IsAdmittedAsync(
        (string Url, JoinReply Reply) answer, long started, CancellationToken cancellation)
    {
        if (answer.Reply is JoinReply.Refused refused)
        {
            ClusterLog.JoinRefused(_log, answer.Url, refused.Reason);
        }
        if (answer.Reply is not JoinReply.Admitted admitted)
        {
            return false;
        }
        if (admitted.Document.Uuid == _owner.Current.Uuid && _owner.Current.Document.IsNewbornOf(_self.Id))
        {
            return false; // its own address by another name
        }
        var result = await _owner.AcceptAsync(admitted.Document, cancellation).ConfigureAwait(false);
        if (result == AcceptResult.WrongCluster
            && await _owner.AbandonAsync(admitted.Document, cancellation).ConfigureAwait(false))
        {
            result = AcceptResult.Accepted;
        }
        if (result is AcceptResult.WrongCluster or AcceptResult.Conflict)
        {
            ClusterLog.JoinRefused(_log, answer.Url, $"its document cannot be taken: {result}");
            return false;
        }
        ClusterLog.Joined(_log, admitted.Document.Uuid, answer.Url, admitted.Document.Stamp, Elapsed(started));
        return true;
    }

    private async Task AskAsync(
        string url,
        JoinSearchOptions options,
        ChannelWriter<News> answers,
        CancellationToken cancellation)
    {
        var current = _owner.Current;
        var request = new JoinRequest(_self, current.Uuid, current.Stamp, JoinRequest.CurrentProtocol, false)
        {
            IsNewborn = current.Document.IsNewbornOf(_self.Id),
        };
        try
        {
            var timeout = TimeSpan.FromMilliseconds(Math.Max(2000, options.RetryMax));
            var reply = await _transport.JoinAsync(url, request, timeout, cancellation).ConfigureAwait(false);
            await answers.WriteAsync(new News(url, reply, []), cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The search is over.
        }
        catch (Exception e)
        {
            ClusterLog.LoopFailed(_log, e);
            answers.TryWrite(new News(url, new JoinReply.Unreachable(e.Message), []));
        }
    }

    private async Task<News?> NextAsync(ChannelReader<News> answers, long wait, CancellationToken cancellation)
    {
        if (answers.TryRead(out var ready))
        {
            return ready;
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Clamp(wait, 1, 60_000)), _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await answers.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private long Elapsed(long started) => (long)_time.GetElapsedTime(started).TotalMilliseconds;

    /// <summary>What the search is told: an answer of a candidate, or addresses of a name.</summary>
    private sealed record News(string Url, JoinReply? Reply, IReadOnlyList<string> Addresses);
}
