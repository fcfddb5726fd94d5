namespace Skein.Core.Archives;

/// <summary>Streams that keep those who read and write archives to what was agreed.</summary>
public static class ArchiveStreams
{
    /// <summary>
    /// A stream that gives exactly as many bytes as were announced: reading throws <see cref="EndOfStreamException"/> when
    /// there are fewer and <see cref="InvalidDataException"/> when there are more. It knows its length, and goes forward only.
    /// </summary>
    /// <param name="inner">The bytes; disposed of with the stream.</param>
    /// <param name="length">Number of bytes announced.</param>
    public static Stream Exact(Stream inner, long length) => new MemberStream(inner, length);

    /// <summary>A stream for somebody who disposes of it although it is not his; it goes forward only.</summary>
    /// <param name="inner">The stream.</param>
    public static Stream Borrow(Stream inner) => new Borrowed(inner);
}
