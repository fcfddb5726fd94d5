namespace Skein.Node.Links;

/// <summary>What a connection turns out to be.</summary>
internal enum ConnectionKind
{
    /// <summary>Too little has come to tell.</summary>
    Undecided,

    /// <summary>A control link.</summary>
    Link,

    /// <summary>Anything else: the HTTP server's.</summary>
    Http,
}

/// <summary>
/// The bytes with which a control link begins. No HTTP request begins so: there is no such method, and the line ends
/// where a space would have to be. The number is raised with the format of the frames.
/// </summary>
internal static class LinkPreamble
{
    /// <summary>The preamble.</summary>
    public static ReadOnlySpan<byte> Bytes => "SKEINCTL1\n"u8;

    /// <summary>Tells what a connection is by its first bytes.</summary>
    public static ConnectionKind Judge(ReadOnlySpan<byte> first)
    {
        if (first.Length >= Bytes.Length)
        {
            return first.StartsWith(Bytes) ? ConnectionKind.Link : ConnectionKind.Http;
        }
        return Bytes.StartsWith(first) ? ConnectionKind.Undecided : ConnectionKind.Http;
    }
}
