using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Skein.Gateway.Pipeline;

/// <summary>
/// A connection over which a client can still be told that its body was cut short. A client that closes its sending side
/// in the middle of a body waits for an answer; the server takes that for the end of the connection and gives none. So
/// the server hears of the end, and closes, a moment later than it would, and in that moment <see cref="SayAsync"/>
/// answers past it.
/// </summary>
/// <param name="inner">The connection of the server.</param>
internal sealed class HalfOpenConnection(ConnectionContext inner) : ConnectionContext
{
    /// <summary>Time for a last answer after the client has closed its side.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _abort = new();
    private ConnectionAbortedException? _reason;
    private bool _hasSpoken;

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => inner.ConnectionId;
        set => inner.ConnectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => inner.Features;

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => inner.Items;
        set => inner.Items = value;
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport
    {
        get => inner.Transport;
        set => inner.Transport = value;
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint
    {
        get => inner.LocalEndPoint;
        set => inner.LocalEndPoint = value;
    }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint
    {
        get => inner.RemoteEndPoint;
        set => inner.RemoteEndPoint = value;
    }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Serves the connection to its end.</summary>
    public static async Task ServeAsync(ConnectionContext inner, ConnectionDelegate next)
    {
        var connection = new HalfOpenConnection(inner);
        inner.Features.Set(connection);
        var closed = inner.ConnectionClosed.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).CancelAfter(Grace), connection._closed);
        var abort = connection._abort.Token.UnsafeRegister(
            static self => ((HalfOpenConnection)self!).AbortNow(), connection);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            await closed.DisposeAsync().ConfigureAwait(false);
            await abort.DisposeAsync().ConfigureAwait(false);
            connection.AbortNow();
        }
    }

    /// <summary>
    /// Why the chunked body of a request that was called off could not be read to its end; null when that was not the
    /// reason. The server calls a request off a little before it says that its body was cut short.
    /// </summary>
    public static async Task<BadHttpRequestException?> BodyErrorAsync(HttpContext context)
    {
        if (context.Request.Headers.TransferEncoding.Count == 0)
        {
            return null;
        }
        using var patience = new CancellationTokenSource(Grace);
        try
        {
            await context.Request.BodyReader.ReadAsync(patience.Token).ConfigureAwait(false);
            return null;
        }
        catch (BadHttpRequestException error)
        {
            return error;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Closes the connection, but leaves a moment for a last answer of the request under way.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.CompareExchange(ref _reason, abortReason, null) is null)
        {
            _abort.CancelAfter(Grace);
        }
    }

    /// <summary>Writes a whole answer on a connection that the server has given up; the connection ends after it.</summary>
    /// <returns>False when the server has not given it up: then answer in the ordinary way.</returns>
    public async ValueTask<bool> SayAsync(ReadOnlyMemory<byte> answer)
    {
        if (Volatile.Read(ref _reason) is null || Volatile.Read(ref _hasSpoken))
        {
            return false;
        }
        Volatile.Write(ref _hasSpoken, true);
        await inner.Transport.Output.WriteAsync(answer, _abort.Token).ConfigureAwait(false);
        return true;
    }

    private void AbortNow()
    {
        // What was said last is still to be sent: the end of the output closes the connection then.
        if (Volatile.Read(ref _reason) is { } reason && !Volatile.Read(ref _hasSpoken))
        {
            inner.Abort(reason);
        }
    }
}
