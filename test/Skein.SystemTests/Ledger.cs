using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text.Json;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>
/// What writers were told: for each name the checksum that was acknowledged last, and those of the writes after it that
/// ended without an answer, any of which may or may not have happened.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new();

    /// <summary>Names that were tried.</summary>
    public int Names => _entries.Count;

    /// <summary>Names with an acknowledged write.</summary>
    public int AcknowledgedNames => _entries.Values.Count(entry => entry.Acknowledged is not null);

    /// <summary>Writes that were acknowledged.</summary>
    public int Acknowledged => _entries.Values.Sum(entry => entry.Count);

    /// <summary>Checksum as the protocol writes it.</summary>
    public static string Sum(byte[] content) => Convert.ToHexStringLower(XxHash64.Hash(content));

    /// <summary>A write of one name is about to be sent; the writes of one name come one after the other.</summary>
    public void Sending(string name, byte[] content) =>
        _entries.GetOrAdd(name, _ => new Entry()).Open.Add(Sum(content));

    /// <summary>The write was acknowledged.</summary>
    public void Confirm(string name, byte[] content)
    {
        var entry = _entries[name];
        entry.Acknowledged = Sum(content);
        entry.Open.Clear();
        entry.Count++;
    }

    /// <summary>
    /// Reads everything back through every proxy: what was acknowledged is there with the right checksum; nothing is
    /// there that was not sent, or only a part of it; the listing is the set of what can be read.
    /// </summary>
    public async Task CheckAsync(ProcessCluster cluster, string bucket)
    {
        foreach (var proxy in cluster.Proxies)
        {
            var listed = await ListAsync(cluster, proxy.Url, bucket);
            var readable = new ConcurrentDictionary<string, string>();
            await Parallel.ForEachAsync(
                _entries,
                new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (pair, _) =>
                {
                    var (name, entry) = pair;
                    var reply = await cluster.Http.GetAsync(proxy.Url, $"{bucket}/{name}");
                    if (reply.Code == 404)
                    {
                        Assert.True(entry.Acknowledged is null, $"{name} was acknowledged and is gone");
                        return;
                    }
                    var sum = Sum(reply.Succeeded().Body);
                    Assert.Equal(sum, reply.Header("Ais-Checksum-Value"));
                    Assert.True(
                        sum == entry.Acknowledged || entry.Open.Contains(sum),
                        $"{name} has checksum {sum}, acknowledged was {entry.Acknowledged}");
                    readable[name] = sum;
                });
            Assert.Equal(
                readable.OrderBy(pair => pair.Key, StringComparer.Ordinal),
                listed.Select(entry => KeyValuePair.Create(entry.Name, entry.Sum)));
        }
    }

    private static async Task<List<(string Name, string Sum)>> ListAsync(
        ProcessCluster cluster, string proxy, string bucket)
    {
        var found = new List<(string, string)>();
        for (var token = ""; ;)
        {
            var page = (await cluster.Http.ListPageAsync(
                proxy, bucket, $$"""{"props":"name,checksum","pagesize":100,"continuation_token":"{{token}}"}"""))
                .Succeeded().Json;
            if (page.GetProperty("entries") is { ValueKind: JsonValueKind.Array } entries)
            {
                found.AddRange(entries.EnumerateArray().Select(entry =>
                    (entry.GetProperty("name").GetString()!, entry.GetProperty("checksum").GetString()!)));
            }
            token = page.GetProperty("continuation_token").GetString()!;
            if (token.Length == 0)
            {
                return found;
            }
        }
    }

    private sealed class Entry
    {
        public string? Acknowledged { get; set; }

        public int Count { get; set; }

        public List<string> Open { get; } = [];
    }
}
