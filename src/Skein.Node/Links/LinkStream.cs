using System.Net.Sockets;

namespace Skein.Node.Links;

/// <summary>
/// The bytes of a link. Reads and writes block the thread of the link in the system call itself: no event loop and no
/// worker of the thread pool stands between.
/// <para>
/// This is the place for TLS, when there is TLS: both ends of a link get their stream here, and an SslStream around the
/// socket's blocks in the same way. What has to be told apart before, <see cref="LinkPreamble.Judge"/>, is then no
/// longer in clear text; a client says it in its first TLS message instead, by an application protocol (ALPN) of its
/// own, which the accept thread can read in the same place and as it reads the preamble, without consuming it.
/// </para>
/// </summary>
internal static class LinkStream
{
    /// <summary>Makes the stream of a connected socket that was never used asynchronously; owns the socket.</summary>
    public static Stream Open(Socket socket)
    {
        socket.NoDelay = true;
        socket.SendTimeout = (int)LinkLimits.Send.TotalMilliseconds;
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Ends a link from another thread: what is blocked in it wakes up and finds the end of the stream.</summary>
    public static void Interrupt(Socket? socket)
    {
        try
        {
            socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already, or has not begun: then the time limit of connecting ends it.
        }
    }
}
