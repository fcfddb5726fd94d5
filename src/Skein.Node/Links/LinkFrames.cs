using System.Buffers.Binary;

namespace Skein.Node.Links;

/// <summary>
/// Frames of a control link: length (u32, little-endian), then so many bytes. After the preamble the node that made the
/// link sends a frame, the other answers with one, and so on; a frame of length 0 is the answer that says nothing.
/// </summary>
/// <param name="stream">Bytes of the link.</param>
/// <param name="longest">Longest frame that is taken.</param>
/// <param name="time">Clock of the time limit of a frame.</param>
internal sealed class LinkFrames(Stream stream, int longest, TimeProvider time)
{
    private const int Small = 64 << 10;

    private readonly byte[] _header = new byte[4];

    /// <summary>Sends a frame.</summary>
    /// <exception cref="IOException">When the link has ended or takes nothing.</exception>
    public void Write(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > Small)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_header, payload.Length);
            stream.Write(_header);
            stream.Write(payload);
            return;
        }
        var frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        payload.CopyTo(frame.AsSpan(4));
        stream.Write(frame);
    }

    /// <summary>Receives a frame.</summary>
    /// <returns>Its bytes, none for an empty one; null when the link has ended between two frames.</returns>
    /// <exception cref="InvalidDataException">When the frame is too long, torn, or comes too slowly.</exception>
    /// <exception cref="IOException">When the link has broken, or has been silent for too long.</exception>
    public byte[]? Read()
    {
        var read = stream.Read(_header);
        if (read == 0)
        {
            return null;
        }
        var started = time.GetTimestamp();
        Fill(_header.AsSpan(read), started);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_header);
        if (length > longest)
        {
            throw new InvalidDataException($"frame of {length} bytes, more than {longest}");
        }
        // Room is made as the bytes come, since whoever announces a length need not mean it.
        var payload = new byte[Math.Min(length, Small)];
        Fill(payload, started);
        while (payload.Length < length)
        {
            var had = payload.Length;
            Array.Resize(ref payload, (int)Math.Min(length, 2L * had));
            Fill(payload.AsSpan(had), started);
        }
        return payload;
    }

    private void Fill(Span<byte> target, long started)
    {
        while (target.Length > 0)
        {
            var read = stream.Read(target);
            if (read == 0)
            {
                throw new InvalidDataException("the link ended in the middle of a frame");
            }
            if (time.GetElapsedTime(started) > LinkLimits.Frame)
            {
                throw new InvalidDataException("a frame comes too slowly");
            }
            target = target[read..];
        }
    }
}
