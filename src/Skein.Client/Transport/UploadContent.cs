using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Skein.Client.Objects;

namespace Skein.Client.Transport;

/// <summary>The body of a PUT. It notes whether it was begun, and calls back with every piece sent.</summary>
internal sealed class UploadContent : HttpContent
{
    private const int BufferSize = 128 * 1024;

    private readonly ObjectSource _source;
    private readonly Action<int> _sent;

    /// <summary>Makes the body.</summary>
    /// <param name="source">Where the bytes come from.</param>
    /// <param name="sent">Called with the length of each piece after it was sent.</param>
    public UploadContent(ObjectSource source, Action<int> sent)
    {
        _source = source;
        _sent = sent;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>True once the source was opened for sending.</summary>
    public bool Begun { get; private set; }

    /// <summary>What failed while the source was read; null when nothing did.</summary>
    public Exception? SourceError { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begun = true;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        Stream? body = null;
        try
        {
            body = await ReadingAsync(() => _source.OpenAsync(cancellationToken));
            var left = _source.Length ?? long.MaxValue;
            while (left > 0)
            {
                var wanted = buffer.AsMemory(0, (int)Math.Min(BufferSize, left));
                var read = await ReadingAsync(() => body.ReadAsync(wanted, cancellationToken));
                if (read == 0)
                {
                    CheckComplete(left);
                    break;
                }
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
                _sent(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (body is not null)
            {
                await _source.CloseAsync(body);
            }
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _source.Length ?? 0;
        return _source.Length is not null;
    }

    private void CheckComplete(long left)
    {
        if (_source.Length is not null)
        {
            SourceError = new EndOfStreamException($"the source ended {left} bytes before its announced length");
            throw SourceError;
        }
    }

    private async ValueTask<T> ReadingAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SourceError = e;
            throw;
        }
    }
}
