using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Skein.TestKit.Clusters;
using Skein.TestKit.Histories;
using Skein.TestKit.Http;

namespace Skein.SystemTests.Partitions;

/// <summary>Clients that create and destroy a few buckets through whichever proxy, and write down what they were told.</summary>
internal sealed class ControlLoad(ProcessCluster cluster, TestHttp http, int seed)
{
    /// <summary>Buckets that the clients fight over: their names begin with this.</summary>
    public const string Prefix = "fought-";

    private const int Clients = 4;
    private const int Buckets = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly ConcurrentBag<string> _strange = [];
    private int _refusals;

    /// <summary>What the clients asked for and were told.</summary>
    public History History { get; } = new();

    /// <summary>What was acknowledged.</summary>
    public Acknowledgements Acknowledgements { get; } = new();

    /// <summary>Answers that a client cannot make sense of; there must be none.</summary>
    public IReadOnlyCollection<string> Strange => _strange;

    /// <summary>Answers with 503.</summary>
    public int Refusals => _refusals;

    /// <summary>Now, for the history.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Works until told to stop.</summary>
    public Task RunAsync(CancellationToken end) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => RunAsync(client, end)));

    /// <summary>Lists the buckets through a proxy, as a part of the history: for when the cluster is whole.</summary>
    public async Task ListAsync(ProcessNode proxy)
    {
        var number = History.Invoke("last look at " + proxy.Id, OperationKind.List, "", Now);
        var listed = await ControlCalls.BucketsAsync(http, proxy.Url);
        History.ReturnList(number, listed.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)), Now);
    }

    private async Task RunAsync(int client, CancellationToken end)
    {
        var random = new Random(HashCode.Combine(seed, client));
        while (!end.IsCancellationRequested)
        {
            var proxy = cluster.Proxies[random.Next(cluster.Proxies.Count)];
            var bucket = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{random.Next(Buckets)}");
            var kind = random.Next(2) == 0 ? OperationKind.Create : OperationKind.Destroy;
            await AskAsync(string.Create(CultureInfo.InvariantCulture, $"c{client}@{proxy.Id}"), proxy, kind, bucket);
            await Task.Delay(Pause * (1 + random.NextDouble()), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task AskAsync(string client, ProcessNode proxy, OperationKind kind, string bucket)
    {
        var invoked = Now;
        var number = History.Invoke(client, kind, bucket, invoked);
        TestReply reply;
        try
        {
            reply = kind == OperationKind.Create
                ? await http.CreateAsync(proxy.Url, bucket)
                : await http.DestroyAsync(proxy.Url, bucket);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return; // No answer: it may have happened.
        }
        var returned = Now;
        var exists = kind == OperationKind.Create ? 409 : 404;
        if (reply.IsSuccess)
        {
            History.Return(number, OperationAnswer.Done, returned);
            var stamp = reply.Header("Skein-Stamp");
            if (stamp is null)
            {
                _strange.Add($"no stamp: {reply}");
                return;
            }
            Acknowledgements.Add($"{client} {kind} {bucket}", invoked, returned, stamp);
        }
        else if (reply.Code == exists)
        {
            History.Return(number, OperationAnswer.Refused, returned);
        }
        else if (reply.Code == 503 && reply.Text.Length > 20)
        {
            Interlocked.Increment(ref _refusals);
        }
        else
        {
            _strange.Add($"{client} {kind} {bucket}: {reply}");
        }
    }
}
