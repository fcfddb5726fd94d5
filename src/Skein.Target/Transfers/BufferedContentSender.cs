using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;

namespace Skein.Target.Transfers;

/// <summary>
/// Reads into the answer's own buffers and flushes each before it takes the next: a slow client holds one buffer.
/// </summary>
public sealed class BufferedContentSender : IObjectContentSender
{
    /// <summary>Bytes read at a time.</summary>
    public const int BufferBytes = 128 << 10;

    /// <inheritdoc/>
    public async Task SendAsync(
        SafeFileHandle file,
        long offset,
        long length,
        PipeWriter body,
        IFeatureCollection features,
        CancellationToken cancellation)
    {
        var position = offset;
        var end = offset + length;
        while (position < end)
        {
            var wanted = (int)Math.Min(BufferBytes, end - position);
            var buffer = body.GetMemory(wanted)[..wanted];
            var read = RandomAccess.Read(file, buffer.Span, position);
            if (read == 0)
            {
                throw new EndOfStreamException($"an object's file ends at {position}, expected {end}");
            }
            body.Advance(read);
            position += read;
            var flushed = await body.FlushAsync(cancellation).ConfigureAwait(false);
            if (flushed.IsCompleted && position < end)
            {
                throw new OperationCanceledException("the client went away", cancellation);
            }
        }
    }
}
