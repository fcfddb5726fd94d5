using System.IO.Pipelines;

namespace Skein.Target.Archives;

/// <summary>Sends a stream as the body of an answer, piece by piece: a slow client holds one piece.</summary>
internal static class StreamSender
{
    /// <summary>Sends everything up to the end of the stream.</summary>
    public static async Task SendAsync(Stream stream, PipeWriter body, CancellationToken cancellation)
    {
        while (true)
        {
            // With a size: a pipe that is asked for any memory may give none, and a read into none looks like the end.
            var buffer = body.GetMemory(ArchiveLimits.BufferBytes);
            var read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }
            body.Advance(read);
            var flushed = await body.FlushAsync(cancellation).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                throw new OperationCanceledException("the client went away", cancellation);
            }
        }
    }
}
