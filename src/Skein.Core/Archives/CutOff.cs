namespace Skein.Core.Archives;

/// <summary>Passes writes on until it is cut; what is written later goes nowhere. Does not own the stream behind it.</summary>
/// <param name="output">The stream behind it.</param>
internal sealed class CutOff(Stream output) : Stream
{
    /// <summary>True when nothing may go through any more.</summary>
    public bool IsCut { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!IsCut)
        {
            output.Write(buffer);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        IsCut ? ValueTask.CompletedTask : output.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        if (!IsCut)
        {
            output.Flush();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        IsCut ? Task.CompletedTask : output.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
