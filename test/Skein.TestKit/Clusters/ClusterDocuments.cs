using System.IO.Compression;
using Skein.Core.Maps;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>The control documents that nodes hold, fetched as the nodes fetch them from each other.</summary>
public static class ClusterDocuments
{
    /// <summary>The document that a node holds.</summary>
    /// <exception cref="HttpRequestException">When it has none or does not answer.</exception>
    public static async Task<SealedDocument> ReadAsync(TestHttp http, string url)
    {
        var reply = (await http.SendAsync(HttpMethod.Get, url + "/v1/metasync")).Succeeded();
        using var body = new MemoryStream();
        await using var gzip = new GZipStream(new MemoryStream(reply.Body), CompressionMode.Decompress);
        await gzip.CopyToAsync(body);
        return ControlDocumentCodec.Open(body.ToArray());
    }

    /// <summary>Cluster, stamp and hash of the document that a node holds, as one line.</summary>
    public static async Task<string> TagAsync(TestHttp http, string url) =>
        (await http.SendAsync(HttpMethod.Get, url + "/v1/cluster/identity")).Succeeded().Header("Skein-Stamp")!;

    /// <summary>
    /// Waits until all nodes hold the same document and it has so many voters, each of which is alive as the one that was
    /// made a voter: then the cluster survives whatever it promises to survive. While proxies still come in a target may vote
    /// in place of one of them; that is waited for, too, since a test may stop just that target.
    /// </summary>
    public static Task<TimeSpan> UntilVotersAsync(
        TestHttp http, IReadOnlyCollection<ProcessNode> nodes, int voters, TimeSpan? limit = null) =>
        Poll.UntilAsync(() => WhyNotVotersAsync(http, nodes, voters), limit);

    private static async Task<string?> WhyNotVotersAsync(
        TestHttp http, IReadOnlyCollection<ProcessNode> nodes, int voters)
    {
        try
        {
            var tags = await Task.WhenAll(nodes.Select(node => TagAsync(http, node.Url)));
            if (tags.Distinct().Count() != 1)
            {
                return $"several documents: {string.Join(" | ", tags)}";
            }
            var document = (await ReadAsync(http, nodes.First().Url)).Document;
            var living = document.Voters.Count(voter =>
                document.Map.Find(voter.Id) is { } node && node.Incarnation == voter.Incarnation);
            var witnesses = document.Voters.Count(voter => voter.IsWitness);
            var wanted = Math.Max(0, voters - document.Map.Proxies.Count);
            return document.Voters.Length == voters && living == voters && witnesses == wanted
                ? null
                : $"voters: {string.Join(' ', document.Voters.Select(voter => voter.Id))}, {living} as in the map";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }
}
