using Skein.Gateway.Ports;

namespace Skein.Target.Objects;

/// <summary>The operations on objects of a target, one class each.</summary>
internal sealed class ObjectHandler(TargetServices services) : IObjectHandler
{
    private readonly GetObject _get = new(services);
    private readonly HeadObject _head = new(services);
    private readonly PutObject _put = new(services);
    private readonly DeleteObject _delete = new(services);
    private readonly PatchObject _patch = new(services);

    public Task<ObjectContent> GetAsync(GetObjectRequest request, CancellationToken cancellation) =>
        _get.RunAsync(request, cancellation);

    public Task<ObjectDescription> HeadAsync(HeadObjectRequest request, CancellationToken cancellation) =>
        _head.RunAsync(request, cancellation);

    public Task<PutObjectResult> PutAsync(PutObjectRequest request, CancellationToken cancellation) =>
        _put.RunAsync(request, cancellation);

    public Task DeleteAsync(DeleteObjectRequest request, CancellationToken cancellation) =>
        _delete.RunAsync(request, cancellation);

    public Task PatchAsync(PatchObjectRequest request, CancellationToken cancellation) =>
        _patch.RunAsync(request, cancellation);
}
