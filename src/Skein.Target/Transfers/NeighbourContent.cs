using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Skein.Gateway.Ports;

namespace Skein.Target.Transfers;

/// <summary>An object of another target, passed through.</summary>
internal sealed class NeighbourContent(HttpResponseMessage answer) : ObjectContent
{
    private const int BufferBytes = 64 << 10;

    public override async Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var left = Length;
            while (left > 0)
            {
                var buffer = body.GetMemory(BufferBytes);
                var read = await stream.ReadAsync(
                    buffer[..(int)Math.Min(buffer.Length, left)], cancellation).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndOfStreamException($"the other target's answer ended {left} bytes too early");
                }
                body.Advance(read);
                left -= read;
                await body.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
