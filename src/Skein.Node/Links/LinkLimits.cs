namespace Skein.Node.Links;

/// <summary>Bounds of the control links: how many, how long.</summary>
internal static class LinkLimits
{
    /// <summary>Most links that a node keeps to others: all voters that there may be, and some that were.</summary>
    public const int MaxOutgoing = 16;

    /// <summary>Most links that a node keeps from others; one more ends the one that has been silent the longest.</summary>
    public const int MaxIncoming = 32;

    /// <summary>Most connections that have not yet shown what they are; one more makes the oldest an HTTP one.</summary>
    public const int MaxUndecided = 1024;

    /// <summary>Most HTTP connections that wait for the HTTP server to take them; one more is closed.</summary>
    public const int MaxHandedOver = 4096;

    /// <summary>Most connections that are accepted in a row before those that wait are looked at.</summary>
    public const int AcceptBatch = 64;

    /// <summary>A connection that has been silent for so long is left to the HTTP server and its time limits.</summary>
    public static readonly TimeSpan Undecided = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two looks at a connection of which a part of the preamble has come.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(20);

    /// <summary>Pause after the system has refused to accept, for want of descriptors.</summary>
    public static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Time to make a connection.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Silence of the other node, after a message was sent to it, that ends the connection; and how long a message may
    /// wait before it is out of date.
    /// </summary>
    public static readonly TimeSpan Reply = TimeSpan.FromSeconds(1);

    /// <summary>Time for the consensus of this node to answer; a disk may be slow.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>How often a link that waits for such an answer looks whether it is to end.</summary>
    public static readonly TimeSpan AnswerLook = TimeSpan.FromMilliseconds(100);

    /// <summary>Time in which the network has to take some of what is sent.</summary>
    public static readonly TimeSpan Send = TimeSpan.FromSeconds(5);

    /// <summary>Time from the first byte of a frame to its last.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromSeconds(10);

    /// <summary>First pause after a connection could not be made; it doubles.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest such pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>A link that has had nothing to carry for so long is closed by the node that made it.</summary>
    public static readonly TimeSpan OutgoingIdle = TimeSpan.FromSeconds(30);

    /// <summary>A link on which nothing has come for so long is closed by the node that took it.</summary>
    public static readonly TimeSpan IncomingIdle = TimeSpan.FromSeconds(60);

    /// <summary>Time for a thread of a link to end when the node stops.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(5);
}
