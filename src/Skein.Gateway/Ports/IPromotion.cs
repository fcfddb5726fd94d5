using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>Makes objects of files that the targets see: a proxy does, with its targets.</summary>
public interface IPromotion
{
    /// <summary>Promotes; a few files at once, more as a job.</summary>
    /// <returns>Id of the job; empty when all is done.</returns>
    /// <exception cref="StoreException">When there is no such file, the targets may not read it, or do not answer.</exception>
    Task<string> PromoteAsync(CallContext call, BucketName bucket, PromoteMessage files, CancellationToken cancellation);
}
