namespace Skein.Transport;

/// <summary>Goes on when a socket takes more bytes.</summary>
internal interface IWriteWaiter
{
    /// <summary>The socket may take more, or the connection is broken.</summary>
    /// <param name="mayBlock">False on the event thread.</param>
    void OnWritable(bool mayBlock);
}
