using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Skein.Core.Archives;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Archives;

namespace Skein.Target.Batches;

/// <summary>
/// Puts many objects together into one archive. Streamed: the archive is made while it is sent. Not streamed: it is made in
/// a work file first, so that what is in it can be described before.
/// </summary>
internal sealed class GetBatch(PartSources sources) : IBatchHandler
{
    private readonly OpenPart _open = new(sources);

    public async Task<ArchiveContent> OpenAsync(BatchRequest request, CancellationToken cancellation)
    {
        var parts = new PartQueue(request, _open, cancellation);
        try
        {
            await parts.StartAsync().ConfigureAwait(false);
            var archive = new BatchArchive(request, parts, sources.Services.Time);
            if (request.Message.IsStreamed)
            {
                return new StreamedBatch(archive, parts) { ContentType = request.Format.ContentType() };
            }
            await using (parts.ConfigureAwait(false))
            {
                return await DescribedAsync(request, archive, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            await parts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ArchiveContent> DescribedAsync(
        BatchRequest request, BatchArchive archive, CancellationToken cancellation)
    {
        var first = request.Items[0];
        var services = sources.Services;
        var spool = await services.Store
            .BeginWriteAsync(services.Buckets.Of(first.Bucket, first.Props), first.Name, null, null, cancellation)
            .ConfigureAwait(false);
        try
        {
            var output = new WriterStream(spool);
            await using (output.ConfigureAwait(false))
            {
                await archive.WriteAsync(output, cancellation).ConfigureAwait(false);
            }
            var id = JobId.New();
            var boundary = RandomNumberGenerator.GetHexString(48, lowercase: true);
            var head = Head(request, new BatchDescription { Uuid = id, Outcomes = archive.Outcomes }, boundary, id);
            var tail = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
            return new DescribedBatch(spool, head, tail, services.Sender)
            {
                ContentType = $"multipart/mixed; boundary={boundary}",
                Length = head.Length + spool.BytesWritten + tail.Length,
            };
        }
        catch
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static byte[] Head(BatchRequest request, BatchDescription description, string boundary, string id)
    {
        using var head = new MemoryStream();
        head.Write(Encoding.ASCII.GetBytes(
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"{BatchMessage.DescriptionPart}\"\r\n\r\n"));
        head.Write(JsonSerializer.SerializeToUtf8Bytes(description, WireJsonContext.Output.BatchDescription));
        head.Write(Encoding.ASCII.GetBytes(
            $"\n\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"{BatchMessage.ArchivePart}\"; "
                + $"filename=\"get-batch-{id}{request.Format.Extension()}\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n"));
        return head.ToArray();
    }
}
