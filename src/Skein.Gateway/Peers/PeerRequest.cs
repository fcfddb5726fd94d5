namespace Skein.Gateway.Peers;

/// <summary>One request from node to node.</summary>
/// <param name="Method">Verb.</param>
/// <param name="PathAndQuery">Encoded, beginning with a slash.</param>
/// <param name="Content">Body; null for none. Stays the caller's to dispose.</param>
/// <param name="Range">First byte and number of bytes wanted; null for everything.</param>
public sealed record PeerRequest(
    HttpMethod Method, string PathAndQuery, HttpContent? Content = null, (long Offset, long Length)? Range = null)
{
    /// <summary>
    /// True for a request as a redirected client would send it: whoever gets it acts as for a client, and not as for a node.
    /// </summary>
    public bool IsForClient { get; init; }
}
