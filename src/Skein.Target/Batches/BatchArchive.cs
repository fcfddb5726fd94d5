using Skein.Core.Archives;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Archives;

namespace Skein.Target.Batches;

/// <summary>Writes the archive of an answer, part by part, in the order of the request.</summary>
internal sealed class BatchArchive(BatchRequest request, PartQueue parts, TimeProvider time)
{
    private readonly List<BatchOutcome> _outcomes = [];

    /// <summary>What became of each item; only when the answer is not streamed.</summary>
    public IReadOnlyList<BatchOutcome> Outcomes => _outcomes;

    /// <summary>Writes it; the stream stays the caller's.</summary>
    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        var archive = ArchiveWriter.Create(request.Format, output);
        await using (archive.ConfigureAwait(false))
        {
            var now = time.GetUtcNow();
            foreach (var item in request.Items)
            {
                var part = await parts.TakeAsync().ConfigureAwait(false);
                await using (part.ConfigureAwait(false))
                {
                    var name = NameOf(item, part);
                    var cut = new Cut(part.Content, part.Length);
                    await using (cut.ConfigureAwait(false))
                    {
                        await archive.WriteAsync(name, part.Length, now, cut, cancellation).ConfigureAwait(false);
                    }
                }
                if (!request.Message.IsStreamed)
                {
                    _outcomes.Add(Outcome(item, part));
                }
            }
            await archive.FinishAsync(cancellation).ConfigureAwait(false);
        }
    }

    private string NameOf(BatchItem item, BatchPart part)
    {
        var name = request.Message.OnlyObjectName ? item.Name : $"{item.Bucket.Name}/{item.Name}";
        if (item.Path is { } path)
        {
            name = path[0] == '/' ? name + path : $"{name}/{path}";
        }
        return part.Missing is null ? name : $"{BatchMessage.MissingFolder}/{name}";
    }

    private static BatchOutcome Outcome(BatchItem item, BatchPart part) => new()
    {
        ObjectName = item.Name,
        ArchivePath = item.Path,
        Bucket = item.Bucket.Name,
        Provider = item.Bucket.Provider,
        Error = part.Missing,
        Opaque = string.IsNullOrEmpty(item.Entry.Opaque) ? null : item.Entry.Opaque,
        Size = part.Length,
    };
}
