using System.Collections.Concurrent;
using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests.Partitions;

/// <summary>
/// Clients that write, overwrite, read, remove and list objects through whichever proxy. Each name has one writer, so that
/// it is known what has to be there.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="http">Asks.</param>
/// <param name="seed">Of what the clients do.</param>
/// <param name="mayBeStale">
/// True when some target may be cut off from the others, and then serves what it has: an older content is no error.
/// </param>
internal sealed class ObjectLoad(ProcessCluster cluster, TestHttp http, int seed, bool mayBeStale)
{
    /// <summary>The bucket.</summary>
    public const string Bucket = "objects";

    private const int Clients = 10;
    private const int NamesEach = 20;
    private const int MaxSize = 40_000;
    private const int CheckersAtOnce = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly ConcurrentDictionary<string, ObjectRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _wrong = [];
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Answers during the run that were wrong whatever the network did.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>How often what happened.</summary>
    public string Summary => string.Join(
        ", ", _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"));

    /// <summary>Works until told to stop.</summary>
    public Task RunAsync(CancellationToken end) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => RunAsync(client, end)));

    /// <summary>
    /// With the network whole: every acknowledged object is there with the newest content, what was removed is not, and
    /// each proxy lists just what is there.
    /// </summary>
    /// <returns>What is wrong.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        var wrong = new ConcurrentBag<string>();
        foreach (var proxy in cluster.Proxies)
        {
            var readable = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(
                _records,
                new ParallelOptions { MaxDegreeOfParallelism = CheckersAtOnce },
                async (pair, _) =>
                {
                    var reply = await AskAsync(HttpMethod.Get, proxy, pair.Key);
                    if (reply.Code is not (200 or 404))
                    {
                        wrong.Add($"{pair.Key} through {proxy.Id}: {reply}");
                        return;
                    }
                    var content = reply.Code == 404 ? ObjectRecord.None : Ledger.Sum(reply.Body);
                    if (content != ObjectRecord.None)
                    {
                        readable.Add(pair.Key);
                    }
                    if (!pair.Value.MayBe(content))
                    {
                        wrong.Add($"{pair.Key} through {proxy.Id} is \"{content}\": {pair.Value}");
                    }
                });
            var listed = await http.ListAsync(proxy.Url, Bucket, 50);
            Compare(proxy.Id, listed, readable);
        }
        return [.. wrong.Order(StringComparer.Ordinal)];

        void Compare(string id, IReadOnlyList<string> listed, IEnumerable<string> readable)
        {
            var extra = listed.Except(readable).ToList();
            var missing = readable.Except(listed).ToList();
            if (extra.Count + missing.Count != 0 || listed.Distinct().Count() != listed.Count)
            {
                wrong.Add(
                    $"{id} lists {listed.Count} names; too many: [{string.Join(' ', extra)}], "
                        + $"missing: [{string.Join(' ', missing)}]");
            }
        }
    }

    private async Task RunAsync(int client, CancellationToken end)
    {
        var random = new Random(HashCode.Combine(seed, client, 1));
        var mine = new List<string>();
        while (!end.IsCancellationRequested)
        {
            var proxy = cluster.Proxies[random.Next(cluster.Proxies.Count)];
            var name = string.Create(CultureInfo.InvariantCulture, $"w{client}/o{random.Next(NamesEach)}");
            if (!_records.TryGetValue(name, out var record))
            {
                record = _records[name] = new ObjectRecord();
                mine.Add(name);
            }
            try
            {
                await (random.Next(100) switch
                {
                    < 45 => PutAsync(proxy, name, record, Payloads.Bytes(random.Next(1, MaxSize), random.Next())),
                    < 60 => DeleteAsync(proxy, name, record),
                    < 95 => GetAsync(proxy, name, record),
                    _ => ListAsync(proxy, client, mine),
                });
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                Count("without answer");
            }
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>As a usual client does: it goes wherever it is sent.</summary>
    private Task<TestReply> AskAsync(HttpMethod method, ProcessNode proxy, string name, byte[]? content = null) =>
        http.FollowAllAsync(method, $"{proxy.Url}/v1/objects/{Bucket}/{name}", content);

    private async Task PutAsync(ProcessNode proxy, string name, ObjectRecord record, byte[] content)
    {
        record.Sending(Ledger.Sum(content));
        var reply = await AskAsync(HttpMethod.Put, proxy, name, content);
        if (reply.IsSuccess)
        {
            record.Confirm();
            Count("puts");
        }
        else
        {
            Failed("put", name, reply);
        }
    }

    private async Task DeleteAsync(ProcessNode proxy, string name, ObjectRecord record)
    {
        var wasCertain = record.IsCertain;
        record.Sending(ObjectRecord.None);
        var reply = await AskAsync(HttpMethod.Delete, proxy, name);
        if (reply.IsSuccess)
        {
            record.Confirm();
            Count("deletes");
        }
        else if (reply.Code == 404)
        {
            record.Refused();
            Count("deletes of nothing");
            if (wasCertain && record.Acknowledged != ObjectRecord.None)
            {
                _wrong.Add($"{name} through {proxy.Id} ({reply.Url}) cannot be deleted, it is not there: {record}");
            }
        }
        else
        {
            Failed("delete", name, reply);
        }
    }

    private async Task GetAsync(ProcessNode proxy, string name, ObjectRecord record)
    {
        var reply = await AskAsync(HttpMethod.Get, proxy, name);
        if (reply.Code is not (200 or 404))
        {
            Failed("get", name, reply);
            return;
        }
        var content = reply.Code == 404 ? ObjectRecord.None : Ledger.Sum(reply.Body);
        if (record.MayBe(content))
        {
            Count("gets");
        }
        else if (content == ObjectRecord.None)
        {
            Count("gets that deny an acknowledged object");
            _wrong.Add($"{name} through {proxy.Id} (answered by {new Uri(reply.Url).Host}) is not there: {record}");
        }
        else if (record.WasOnce(content))
        {
            Count("stale gets");
            if (!mayBeStale)
            {
                _wrong.Add($"{name} through {proxy.Id} has an older content: {content}; {record}");
            }
        }
        else
        {
            _wrong.Add($"{name} through {proxy.Id} has content that nobody wrote: {content}; {record}");
        }
    }

    /// <summary>A listing that claims to be complete has what was certainly there, and not what was certainly not.</summary>
    private async Task ListAsync(ProcessNode proxy, int client, List<string> mine)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"w{client}/");
        IReadOnlyList<string> listed;
        try
        {
            listed = await http.ListAsync(proxy.Url, Bucket, 0, prefix);
        }
        catch (HttpRequestException e) when (e.StatusCode is not null)
        {
            Count("listings refused");
            return;
        }
        Count("listings");
        var missing = mine
            .Where(name => _records[name] is { IsCertain: true, Acknowledged: not ObjectRecord.None })
            .Except(listed)
            .ToList();
        if (missing.Count != 0)
        {
            Count("incomplete listings");
            _wrong.Add($"{proxy.Id} lists {listed.Count} names of {prefix} and leaves out {string.Join(' ', missing)}");
        }
    }

    private void Failed(string what, string name, TestReply reply)
    {
        if (reply.Code < 500)
        {
            _wrong.Add($"{what} {name}: {reply}");
        }
        Count($"{what}s refused with {reply.Code}");
    }

    private void Count(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);
}
