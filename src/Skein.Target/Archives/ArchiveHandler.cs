using Skein.Gateway.Ports;
using Skein.Target.Objects;

namespace Skein.Target.Archives;

/// <summary>The operations on archives of a target, one class each.</summary>
internal sealed class ArchiveHandler(TargetServices services) : IArchiveHandler
{
    private readonly ReadArchive _read = new(services);
    private readonly AppendArchive _append = new(services);

    public Task<ArchiveContent> GetAsync(ReadArchiveRequest request, CancellationToken cancellation) =>
        _read.RunAsync(request, cancellation);

    public Task AppendAsync(AppendArchiveRequest request, CancellationToken cancellation) =>
        _append.RunAsync(request, cancellation);
}
