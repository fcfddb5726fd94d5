using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;

namespace Skein.Target.Transfers;

/// <summary>Sends bytes of an open file as the body of an answer whose headers are set.</summary>
public interface IObjectContentSender
{
    /// <summary>Sends exactly that many bytes.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="body">The answer's body.</param>
    /// <param name="features">Features of the request, for transports that send files by themselves.</param>
    /// <param name="cancellation">Cancelled when the client is gone.</param>
    /// <exception cref="IOException">When the file is shorter, or cannot be read.</exception>
    Task SendAsync(
        SafeFileHandle file,
        long offset,
        long length,
        PipeWriter body,
        IFeatureCollection features,
        CancellationToken cancellation);
}
