namespace Skein.Transport;

/// <summary>Is told what has happened to its socket.</summary>
internal interface IEventTarget
{
    /// <summary>Something has changed. Runs on the event thread and must not block.</summary>
    /// <param name="readable">There is something to read, the end or an error included.</param>
    /// <param name="writable">The socket takes bytes, or says why not.</param>
    /// <param name="hungUp">The other side has closed its direction, or the connection is broken.</param>
    void OnEvents(bool readable, bool writable, bool hungUp);
}
