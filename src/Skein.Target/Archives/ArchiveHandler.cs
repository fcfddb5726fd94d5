using Skein.Gateway.Ports;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Archives;

/// <summary>The operations on archives of a target, one class each.</summary>
internal sealed class ArchiveHandler(TargetServices services, RemoteParts remote) : IArchiveHandler
{
    private readonly ReadArchive _read = new(services);
    private readonly AppendArchive _append = new(services, remote);

    public Task<ArchiveContent> GetAsync(ReadArchiveRequest request, CancellationToken cancellation) =>
        GetNewestAsync(request, cancellation);

    /// <summary>An archive of a remote bucket is fetched before it is read.</summary>
    private async Task<ArchiveContent> GetNewestAsync(ReadArchiveRequest request, CancellationToken cancellation)
    {
        if (request.Bucket.IsRemote && !request.Call.IsIntra)
        {
            await remote.PrefetchAsync(request, latest: false, cancellation).ConfigureAwait(false);
        }
        return await _read.RunAsync(request, cancellation).ConfigureAwait(false);
    }

    public Task AppendAsync(AppendArchiveRequest request, CancellationToken cancellation) =>
        _append.RunAsync(request, cancellation);
}
