namespace Skein.Transport;

/// <summary>
/// Feature of a connection: is told by the HTTP server's application that it stands between two requests. Without that
/// word nothing is answered past the HTTP server.
/// </summary>
public interface IRequestBorder
{
    /// <summary>
    /// The request is done: its answer was flushed to the end, and it had no body, so that the next byte that is read
    /// begins another request.
    /// </summary>
    void Reached();
}
