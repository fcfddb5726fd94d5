using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.Gateway.Ports;

/// <summary>Says which node serves a request for an object.</summary>
public interface IObjectRouter
{
    /// <summary>The node to redirect to; null when this node serves the request itself.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when no target is there.</exception>
    NodeInfo? Route(RouteObjectRequest request);
}

/// <summary>Serves objects: a target does.</summary>
public interface IObjectHandler
{
    /// <summary>Opens an object for sending.</summary>
    /// <exception cref="StoreException">When it does not exist, or the range does not fit.</exception>
    Task<ObjectContent> GetAsync(GetObjectRequest request, CancellationToken cancellation);

    /// <summary>Looks at an object.</summary>
    /// <exception cref="StoreException">When it does not exist or the presence filter is not met.</exception>
    Task<ObjectDescription> HeadAsync(HeadObjectRequest request, CancellationToken cancellation);

    /// <summary>Stores an object; when it returns the object is as durable as the bucket asks.</summary>
    /// <exception cref="StoreException">When it was not stored; then nothing has changed.</exception>
    Task<PutObjectResult> PutAsync(PutObjectRequest request, CancellationToken cancellation);

    /// <summary>Deletes an object.</summary>
    /// <exception cref="StoreException">When it does not exist.</exception>
    Task DeleteAsync(DeleteObjectRequest request, CancellationToken cancellation);

    /// <summary>Changes custom metadata.</summary>
    /// <exception cref="StoreException">When it does not exist.</exception>
    Task PatchAsync(PatchObjectRequest request, CancellationToken cancellation);
}
