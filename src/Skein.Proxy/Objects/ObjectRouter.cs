using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Objects;

/// <summary>A proxy sends every request for an object to the target that owns the name.</summary>
public sealed class ObjectRouter : IObjectRouter, IQuickRouter
{
    /// <inheritdoc/>
    public NodeInfo? Route(RouteObjectRequest request) =>
        request.Call.Metadata.Document.Map.Owner(HrwDigest.OfObject(request.Bucket.Uname, request.Name))
            ?? throw new StoreException(
                StoreErrorCode.NotReady, "there are no active targets in the cluster: start one and try again");

    /// <inheritdoc/>
    public NodeInfo? Owner(ControlDocument document, ReadOnlySpan<byte> bucketUname, ReadOnlySpan<byte> objectName) =>
        document.Map.Owner(HrwDigest.OfObjectUtf8(bucketUname, objectName));
}
