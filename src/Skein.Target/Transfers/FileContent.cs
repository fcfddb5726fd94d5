using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;

namespace Skein.Target.Transfers;

/// <summary>An object of this target, open.</summary>
internal sealed class FileContent(ObjectHandle handle, IObjectContentSender sender) : ObjectContent
{
    /// <summary>The open file.</summary>
    public SafeFileHandle File => handle.File;

    public override Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation) =>
        Length == 0 ? Task.CompletedTask : sender.SendAsync(handle.File, Offset, Length, body, features, cancellation);

    public override ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
