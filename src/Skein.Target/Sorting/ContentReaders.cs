using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Target.Archives;

namespace Skein.Target.Sorting;

/// <summary>
/// Reads the bytes of the records of one shard, in their order, each from the target that has them: one stream from each, which
/// is asked for many files at once.
/// </summary>
/// <param name="services">What sorts work with.</param>
/// <param name="id">Id of the sort.</param>
/// <param name="own">The content that is here.</param>
/// <param name="participants">Ids of the targets that take part.</param>
/// <param name="shard">The shard.</param>
internal sealed class ContentReaders(
    SortServices services, string id, ContentStore own, IReadOnlyList<string> participants, PlannedShard shard) : IAsyncDisposable
{
    private readonly Dictionary<int, Reader> _readers = [];

    /// <summary>Opens the next file. To be read to its end before the next one of that target.</summary>
    /// <param name="target">Place of the target among those that take part.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When the target does not have it, or does not answer.</exception>
    public async ValueTask<Stream> OpenAsync(int target, SortFile file, CancellationToken cancellation)
    {
        if (participants[target] == services.Target.Facts.Self.Id)
        {
            return own.Open(file);
        }
        if (!_readers.TryGetValue(target, out var reader))
        {
            var files = shard.Records.Where(record => record.Target == target).SelectMany(record => record.Files);
            reader = new Reader(new Queue<SortFile>(files));
            _readers.Add(target, reader);
        }
        if (reader.Left == 0)
        {
            await AskAsync(participants[target], reader, cancellation).ConfigureAwait(false);
        }
        reader.Left--;
        return new Cut(reader.Stream!, file.Size);
    }

    /// <summary>Closes the streams.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (var reader in _readers.Values)
        {
            reader.Answer?.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    private async Task AskAsync(string target, Reader reader, CancellationToken cancellation)
    {
        reader.Answer?.Dispose();
        var pieces = new List<SortFile>();
        while (pieces.Count < SortLimits.MaxPieces && reader.Files.TryDequeue(out var file))
        {
            pieces.Add(file);
        }
        reader.Answer = await SortCalls
            .AskAsync(services, target, (SortCalls.ContentPath, id), SortCodec.EncodePieces(pieces), cancellation)
            .ConfigureAwait(false);
        reader.Stream = await reader.Answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        reader.Left = pieces.Count;
    }

    /// <summary>What one target sends.</summary>
    private sealed class Reader(Queue<SortFile> files)
    {
        /// <summary>Files that were not asked for yet.</summary>
        public Queue<SortFile> Files => files;

        /// <summary>Files that were asked for and not read.</summary>
        public int Left { get; set; }

        public HttpResponseMessage? Answer { get; set; }

        public Stream? Stream { get; set; }
    }
}

/// <summary>Calls other targets about a sort.</summary>
internal static class SortCalls
{
    /// <summary>All records of a target.</summary>
    public const string RecordsPath = "/v1/sorts/records";

    /// <summary>The shards that a target is to write.</summary>
    public const string PlanPath = "/v1/sorts/plan";

    /// <summary>The bytes of files.</summary>
    public const string ContentPath = "/v1/sorts/content";

    /// <summary>Asks; the caller disposes of the answer.</summary>
    /// <param name="services">What sorts work with.</param>
    /// <param name="target">Id of the target.</param>
    /// <param name="what">Path, and id of the sort.</param>
    /// <param name="body">What to send; null for nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When it refuses or does not answer.</exception>
    public static async Task<HttpResponseMessage> AskAsync(
        SortServices services, string target, (string Path, string Id) what, byte[]? body, CancellationToken cancellation)
    {
        var node = Find(services, target);
        using var content = body is null ? null : new ByteArrayContent(body);
        var request = new PeerRequest(
            body is null ? HttpMethod.Get : HttpMethod.Post, $"{what.Path}?uuid={Uri.EscapeDataString(what.Id)}", content);
        var answer = await services.Peers.SendAsync(node, NetworkKind.Data, request, cancellation).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }
        using (answer)
        {
            throw await PeerErrors.ReadAsync(node, answer, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The node with that id.</summary>
    /// <exception cref="StoreException">When it is not in the cluster any more.</exception>
    public static NodeInfo Find(SortServices services, string target) =>
        services.Target.Metadata.Current.Document.Map.Targets.GetValueOrDefault(target)
            ?? throw new StoreException(StoreErrorCode.NodeNotFound, $"t[{target}] is not in the cluster any more");
}
