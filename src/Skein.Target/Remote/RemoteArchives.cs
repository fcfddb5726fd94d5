using Skein.Core.Errors;
using Skein.Gateway.Ports;

namespace Skein.Target.Remote;

/// <summary>Archives of remote buckets are fetched before they are read; they are changed at their home only.</summary>
internal sealed class RemoteArchives(IArchiveHandler local, RemoteParts parts) : IArchiveHandler
{
    public async Task<ArchiveContent> GetAsync(ReadArchiveRequest request, CancellationToken cancellation)
    {
        if (request.Bucket.IsRemote && !request.Call.IsIntra)
        {
            await parts.PrefetchAsync(request, latest: false, cancellation).ConfigureAwait(false);
        }
        return await local.GetAsync(request, cancellation).ConfigureAwait(false);
    }

    public Task AppendAsync(AppendArchiveRequest request, CancellationToken cancellation) => request.Bucket.IsRemote
        ? throw new StoreException(
            StoreErrorCode.NotImplemented,
            $"adding to an archive in {request.Bucket}, which has a remote backend, is not implemented")
        : local.AppendAsync(request, cancellation);
}
