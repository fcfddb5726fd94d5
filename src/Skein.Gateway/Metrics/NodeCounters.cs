namespace Skein.Gateway.Metrics;

/// <summary>What a node counts about requests. Thread-safe; adding is one interlocked instruction.</summary>
public sealed class NodeCounters
{
    private static readonly string[] Names =
    [
        "get.n", "get.size", "get.ns", "put.n", "put.size", "put.ns", "del.n", "lst.n", "lst.ns", "head.n", "patch.n",
        "err.get.n", "err.put.n", "err.del.n", "err.lst.n", "err.head.n", "gfn.n", "redirect.n",
        "get.cold.n", "get.cold.size", "get.cold.rw.ns", "lru.evict.n", "lru.evict.size",
        "append.n", "append.ns", "err.append.n", "ren.n", "err.ren.n",
        "kalive.n", "kalive.ns", "get.redir.n", "get.redir.ns", "put.redir.n", "put.redir.ns", "err.cksum.n",
        "stream.in.n", "stream.in.size", "stream.out.n", "stream.out.size", "ver.change.n", "ver.change.size",
        "remote.deleted.del.n",
    ];

    /// <summary>What only averages are made with: AIStore does not show it.</summary>
    private static readonly string[] Hidden = ["kalive.n", "get.redir.n", "put.redir.n"];

    /// <summary>Averages, and what they are divided by.</summary>
    private static readonly (string Time, string Count)[] Averages =
    [
        ("get.ns", "get.n"), ("put.ns", "put.n"), ("lst.ns", "lst.n"), ("append.ns", "append.n"),
        ("get.cold.rw.ns", "get.cold.n"), ("kalive.ns", "kalive.n"), ("get.redir.ns", "get.redir.n"),
        ("put.redir.ns", "put.redir.n"),
    ];

    /// <summary>Rates (<c>.bps</c>) are taken over at least this time.</summary>
    private static readonly TimeSpan LeastRateTime = TimeSpan.FromSeconds(1);

    /// <summary>What seems to have been under way for longer was sent by another clock.</summary>
    private static readonly TimeSpan MostUnderway = TimeSpan.FromMinutes(1);

    private readonly long[] _values = new long[Names.Length];
    private readonly Lock _rates = new();
    private (TimeSpan At, long Read, long Written) _sample;
    private (long Read, long Written) _perSecond;

    /// <summary>How long requests took.</summary>
    public RequestDurations Durations { get; } = new();

    /// <summary>Adds one to a counter.</summary>
    public void Increment(NodeCounter counter) => Interlocked.Increment(ref _values[(int)counter]);

    /// <summary>Adds to a counter.</summary>
    public void Add(NodeCounter counter, long amount) => Interlocked.Add(ref _values[(int)counter], amount);

    /// <summary>Name of a counter on the wire.</summary>
    internal static string NameOf(NodeCounter counter) => Names[(int)counter];

    /// <summary>False for what only averages are made with.</summary>
    internal static bool IsShown(NodeCounter counter) => !Hidden.Contains(NameOf(counter));

    /// <summary>Sum so far.</summary>
    public long Read(NodeCounter counter) => Interlocked.Read(ref _values[(int)counter]);

    /// <summary>Sets everything to zero; with <paramref name="errorsOnly"/> only the error counters.</summary>
    public void Reset(bool errorsOnly)
    {
        if (!errorsOnly)
        {
            Durations.Reset();
        }
        for (var i = 0; i < Names.Length; i++)
        {
            if (!errorsOnly || Names[i].StartsWith("err.", StringComparison.Ordinal))
            {
                Interlocked.Exchange(ref _values[i], 0);
            }
        }
    }

    /// <summary>
    /// All counters by their names on the wire, with the uptime. Latencies (<c>.ns</c>) are averages per operation.
    /// </summary>
    /// <param name="uptime">Time since the node started.</param>
    public SortedDictionary<string, long> Snapshot(TimeSpan uptime)
    {
        var result = new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            ["up.ns.time"] = uptime.Ticks * TimeSpan.NanosecondsPerTick,
        };
        for (var i = 0; i < Names.Length; i++)
        {
            result[Names[i]] = Interlocked.Read(ref _values[i]);
        }
        var (read, written) = PerSecond(uptime);
        result["get.bps"] = read;
        result["put.bps"] = written;
        foreach (var (time, count) in Averages)
        {
            result[time] = result[count] == 0 ? 0 : result[time] / result[count];
        }
        foreach (var name in Hidden)
        {
            result.Remove(name);
        }
        return result;
    }

    /// <summary>Bytes a second since the counters were looked at before, at least a second ago.</summary>
    private (long Read, long Written) PerSecond(TimeSpan now)
    {
        lock (_rates)
        {
            var elapsed = now - _sample.At;
            if (elapsed >= LeastRateTime)
            {
                var sample = (At: now, Read: Read(NodeCounter.GetBytes), Written: Read(NodeCounter.PutBytes));
                _perSecond = (
                    (long)(Math.Max(0, sample.Read - _sample.Read) / elapsed.TotalSeconds),
                    (long)(Math.Max(0, sample.Written - _sample.Written) / elapsed.TotalSeconds));
                _sample = sample;
            }
            return _perSecond;
        }
    }

    /// <summary>Kind of every counter by its name on the wire: what clients need to show rates.</summary>
    public static SortedDictionary<string, string> Kinds()
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["up.ns.time"] = "special",
            ["get.bps"] = "bw",
            ["put.bps"] = "bw",
        };
        foreach (var name in Names.Except(Hidden))
        {
            result[name] = name.EndsWith(".ns", StringComparison.Ordinal) ? "latency"
                : name.EndsWith(".size", StringComparison.Ordinal) ? "size"
                : "counter";
        }
        return result;
    }

    /// <summary>A redirected request has arrived: notes how long it was under way since a proxy redirected it.</summary>
    /// <param name="count">The counter of such requests; the next one is their time.</param>
    /// <param name="sentAt">When it was redirected, by the clock of the proxy, Unix time in nanoseconds.</param>
    /// <param name="now">Now, by the clock here.</param>
    internal void AddRedirected(NodeCounter count, long sentAt, DateTimeOffset now)
    {
        var underway = ((now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) - sentAt;
        if (underway >= 0 && underway <= MostUnderway.Ticks * TimeSpan.NanosecondsPerTick)
        {
            Increment(count);
            Add(count + 1, underway);
        }
    }
}

/// <summary>The counters, in the order of their names.</summary>
public enum NodeCounter
{
    /// <summary>Objects read (redirected, on a proxy).</summary>
    Get,

    /// <summary>Bytes of objects read.</summary>
    GetBytes,

    /// <summary>Time spent on reads, nanoseconds.</summary>
    GetNanoseconds,

    /// <summary>Objects stored (redirected, on a proxy).</summary>
    Put,

    /// <summary>Bytes of objects stored.</summary>
    PutBytes,

    /// <summary>Time spent on stores, nanoseconds.</summary>
    PutNanoseconds,

    /// <summary>Objects deleted.</summary>
    Delete,

    /// <summary>Pages listed.</summary>
    List,

    /// <summary>Time spent on listing, nanoseconds.</summary>
    ListNanoseconds,

    /// <summary>Objects looked at.</summary>
    Head,

    /// <summary>Objects whose metadata was changed.</summary>
    Patch,

    /// <summary>Failed reads.</summary>
    GetErrors,

    /// <summary>Failed stores.</summary>
    PutErrors,

    /// <summary>Failed deletes.</summary>
    DeleteErrors,

    /// <summary>Failed listings.</summary>
    ListErrors,

    /// <summary>Failed looks.</summary>
    HeadErrors,

    /// <summary>Objects that were read from a neighbour.</summary>
    FromNeighbour,

    /// <summary>Requests redirected.</summary>
    Redirect,

    /// <summary>Objects fetched from remote buckets.</summary>
    ColdGet,

    /// <summary>Bytes fetched from remote buckets.</summary>
    ColdGetBytes,

    /// <summary>Time spent on fetching, nanoseconds.</summary>
    ColdGetNanoseconds,

    /// <summary>Objects of remote buckets that were evicted for space.</summary>
    Evicted,

    /// <summary>Bytes of objects that were evicted for space.</summary>
    EvictedBytes,

    /// <summary>Appends and flushes.</summary>
    Append,

    /// <summary>Time spent on appends, nanoseconds.</summary>
    AppendNanoseconds,

    /// <summary>Failed appends.</summary>
    AppendErrors,

    /// <summary>Objects renamed.</summary>
    Rename,

    /// <summary>Failed renames.</summary>
    RenameErrors,

    /// <summary>Keepalives that the primary answered.</summary>
    KeepAlive,

    /// <summary>Time until they were answered, nanoseconds.</summary>
    KeepAliveNanoseconds,

    /// <summary>Reads that came by a redirect.</summary>
    GetRedirected,

    /// <summary>Time between the redirects and the arrivals, nanoseconds.</summary>
    GetRedirectedNanoseconds,

    /// <summary>Stores that came by a redirect.</summary>
    PutRedirected,

    /// <summary>Time between the redirects and the arrivals, nanoseconds.</summary>
    PutRedirectedNanoseconds,

    /// <summary>Writes whose bytes were not those of the declared checksum.</summary>
    ChecksumErrors,

    /// <summary>Objects that came from other targets: by a rebalance, copies, promotions.</summary>
    StreamIn,

    /// <summary>Bytes of these.</summary>
    StreamInBytes,

    /// <summary>Objects that were sent to other targets.</summary>
    StreamOut,

    /// <summary>Bytes of these.</summary>
    StreamOutBytes,

    /// <summary>Objects of remote buckets that were fetched anew since their home had others.</summary>
    ChangedAtHome,

    /// <summary>Bytes of these.</summary>
    ChangedAtHomeBytes,

    /// <summary>Objects of remote buckets that were removed since their home had them no more.</summary>
    GoneAtHome,
}
