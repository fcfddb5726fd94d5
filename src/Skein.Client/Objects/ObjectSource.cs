namespace Skein.Client.Objects;

/// <summary>Where the bytes of an object to be stored come from.</summary>
public abstract class ObjectSource
{
    /// <summary>Number of bytes; null when it is not known beforehand.</summary>
    public abstract long? Length { get; }

    /// <summary>True when the bytes can be read more than once: for a checksum beforehand, and for a retry.</summary>
    public abstract bool CanReplay { get; }

    /// <summary>A file. It is opened each time it is read.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="IOException">When it cannot be looked at.</exception>
    public static ObjectSource FromFile(string path) => new FileSource(path);

    /// <summary>Bytes in memory.</summary>
    public static ObjectSource FromBytes(ReadOnlyMemory<byte> bytes) => new BytesSource(bytes);

    /// <summary>
    /// A stream, from its present position to its end. One that can seek can be read again; one that cannot is sent
    /// without a checksum, and a failure after its first byte is final. The stream is not closed.
    /// </summary>
    public static ObjectSource FromStream(Stream stream) => new StreamSource(stream);

    /// <summary>Begins to read.</summary>
    internal abstract ValueTask<Stream> OpenAsync(CancellationToken cancellation);

    /// <summary>Ends reading.</summary>
    internal virtual ValueTask CloseAsync(Stream stream) => stream.DisposeAsync();

    private sealed class FileSource(string path) : ObjectSource
    {
        // The length of a link would be that of its text.
        public override long? Length { get; } =
            ((FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)).Length;

        public override bool CanReplay => true;

        internal override ValueTask<Stream> OpenAsync(CancellationToken cancellation) =>
            new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0));
    }

    private sealed class BytesSource(ReadOnlyMemory<byte> bytes) : ObjectSource
    {
        public override long? Length => bytes.Length;

        public override bool CanReplay => true;

        internal override ValueTask<Stream> OpenAsync(CancellationToken cancellation) =>
            new(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment)
                ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
                : new MemoryStream(bytes.ToArray(), writable: false));
    }

    private sealed class StreamSource(Stream stream) : ObjectSource
    {
        private readonly long _start = stream.CanSeek ? stream.Position : 0;

        public override long? Length { get; } = stream.CanSeek ? stream.Length - stream.Position : null;

        public override bool CanReplay => stream.CanSeek;

        internal override ValueTask<Stream> OpenAsync(CancellationToken cancellation)
        {
            if (stream.CanSeek)
            {
                stream.Position = _start;
            }
            return new(stream);
        }

        internal override ValueTask CloseAsync(Stream opened) => ValueTask.CompletedTask;
    }
}
