namespace Skein.Transport;

/// <summary>Bounds of the direct transport: how many, how much, how long.</summary>
public static class TransportLimits
{
    /// <summary>Most connections at a time; one more is closed as soon as it is accepted.</summary>
    public const int MaxConnections = 32768;

    /// <summary>Most connections that the kernel keeps for a listener until they are accepted.</summary>
    public const int Backlog = 1024;

    /// <summary>Most threads that wait for events. Each serves its connections' quick answers.</summary>
    public const int MaxEventThreads = 8;

    /// <summary>Events that are taken from the kernel at a time.</summary>
    public const int EventBatch = 256;

    /// <summary>Bytes that are received at a time. A connection on which nothing comes holds no such buffer.</summary>
    public const int ReceiveBytes = 128 << 10;

    /// <summary>
    /// Most received bytes of one connection that wait until they are consumed: a whole JSON body and its headers.
    /// </summary>
    public const int MaxReceived = 64 << 20;

    /// <summary>Most unread bytes that are taken from a client before its connection is closed.</summary>
    public const int MaxDiscarded = 2 << 20;

    /// <summary>Size of the first buffer of an answer, for its headers.</summary>
    public const int FirstSegment = 4 << 10;

    /// <summary>Size of the further buffers of an answer, unless more is asked for at a time.</summary>
    public const int NextSegment = 64 << 10;

    /// <summary>Quick answers to requests that came together, before other connections get a turn.</summary>
    public const int QuickInARow = 32;

    /// <summary>Most bytes of a file that are handed to the kernel at a time.</summary>
    public const int MaxSendFile = 1 << 20;

    /// <summary>Bytes of a file that an event thread sends before other connections get a turn.</summary>
    public const int MaxTurn = 4 << 20;

    /// <summary>A connection that has been silent for so long after a quick answer is closed.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);

    /// <summary>A client that takes nothing of a quick answer for so long is disconnected.</summary>
    public static readonly TimeSpan SendStall = TimeSpan.FromMinutes(10);

    /// <summary>Pause after the system has refused to accept, for want of descriptors.</summary>
    public static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Time for an event thread to end.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(5);
}
