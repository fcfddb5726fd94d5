using Skein.Client.Transport;
using Skein.Core.Objects;

namespace Skein.Client.Objects;

/// <summary>An object, or a range of one, on its way from the cluster.</summary>
public sealed class ObjectDownload : IDisposable, IAsyncDisposable
{
    private readonly Reply _reply;

    internal ObjectDownload(Reply reply, ObjectAttributes attributes, long length, Stream content)
    {
        _reply = reply;
        Attributes = attributes;
        Length = length;
        Content = content;
    }

    /// <summary>Attributes of the whole object.</summary>
    public ObjectAttributes Attributes { get; }

    /// <summary>Number of bytes that <see cref="Content"/> yields; -1 for an archive that is made while it is sent.</summary>
    public long Length { get; }

    /// <summary>
    /// The bytes. Reading to the end checks length and checksum; on a difference, and when the connection breaks, the
    /// read throws <see cref="SkeinException"/>.
    /// </summary>
    public Stream Content { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        _reply.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        _reply.Dispose();
    }
}
