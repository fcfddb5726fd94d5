using System.Globalization;
using Skein.Client.Transport;
using Skein.Core.Objects;

namespace Skein.Client.Objects;

/// <summary>A body that is checked while it is read: for silence, for its length, for its checksum.</summary>
/// <param name="body">The body.</param>
/// <param name="length">Number of bytes that must come; null when it is not known.</param>
/// <param name="expected">Checksum that they must have; null for none.</param>
/// <param name="reply">The answer that the body belongs to.</param>
internal sealed class VerifyingStream(Stream body, long? length, Checksum? expected, Reply reply) : Stream
{
    private readonly ContentHash? _hash = expected is null ? null : ContentHash.Create(expected.Type);
    private long _read;
    private bool _checked;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length ?? throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(reply.Patience.Token, cancellationToken);
        reply.Patience.Renew();
        int read;
        try
        {
            read = await body.ReadAsync(buffer, either.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException
            || (e is OperationCanceledException && reply.Patience.RanOut))
        {
            var reason = e is OperationCanceledException ? "no more bytes came" : e.Message;
            var whole = length is null ? "" : string.Create(CultureInfo.InvariantCulture, $" of {length}");
            throw new SkeinException($"the body broke off after {_read}{whole} bytes: {reason}", e)
            {
                Request = reply.Request,
            };
        }
        finally
        {
            reply.Patience.Pause();
        }
        _hash?.Append(buffer.Span[..read]);
        _read += read;
        if (_read >= length || (read == 0 && buffer.Length != 0))
        {
            Check();
        }
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not supported: reading waits for the network, so it is asynchronous only.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            _hash?.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Check()
    {
        if (_checked)
        {
            return;
        }
        _checked = true;
        if (length is not null && _read != length)
        {
            throw new SkeinException($"the body has {_read} bytes, {length} were announced") { Request = reply.Request };
        }
        if (_hash?.Hex() is { } actual && actual != expected!.Value)
        {
            throw new SkeinException(
                $"bad checksum: the cluster names {expected}, the bytes received have {expected.Type}[{actual}]")
            {
                Request = reply.Request,
                TypeCode = "ErrBadCksum",
            };
        }
    }
}
