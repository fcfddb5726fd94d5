using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Gateway.Ports;

/// <summary>Says where an object lives, from names as they stand in a request: nothing is allocated.</summary>
public interface IQuickRouter
{
    /// <summary>The node that every request for the object is sent to; null when there is none at present.</summary>
    /// <param name="document">The document that the request is served under.</param>
    /// <param name="bucketUname">Unique name of the bucket in UTF-8, without a trailing slash.</param>
    /// <param name="objectName">Name of the object in UTF-8, validated.</param>
    NodeInfo? Owner(ControlDocument document, ReadOnlySpan<byte> bucketUname, ReadOnlySpan<byte> objectName);
}
