using Microsoft.Extensions.Time.Testing;
using Skein.Node.Links;

namespace Skein.UnitTests.Node.Links;

public sealed class LinkFramesTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(300_000)]
    public void A_frame_comes_as_it_was_sent_however_it_is_torn(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        foreach (var piece in new[] { 1, 3, 4, 5, 1000, int.MaxValue })
        {
            var sent = new MemoryStream();
            new LinkFrames(sent, length, _time).Write(payload);
            new LinkFrames(sent, length, _time).Write("next"u8);
            var frames = new LinkFrames(new PieceStream(sent.ToArray(), piece), Math.Max(4, length), _time);
            Assert.Equal(payload, frames.Read());
            Assert.Equal("next"u8.ToArray(), frames.Read());
            Assert.Null(frames.Read());
        }
    }

    [Fact]
    public void A_frame_that_is_too_long_is_refused_before_it_comes()
    {
        var frames = new LinkFrames(new PieceStream([11, 0, 0, 0, 1], 100), 10, _time);
        Assert.Contains("11 bytes", Assert.Throws<InvalidDataException>(frames.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_announced_length_takes_no_memory()
    {
        // The greatest length there is, and then nothing: only what has come is kept.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var frames = new LinkFrames(new PieceStream([0xff, 0xff, 0xff, 0x7f, 1, 2, 3], 100), int.MaxValue, _time);
        Assert.Throws<InvalidDataException>(frames.Read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void The_end_in_the_middle_of_a_frame_is_an_error(int bytes)
    {
        byte[] whole = [3, 0, 0, 0, 7, 8, 9];
        var frames = new LinkFrames(new PieceStream(whole[..bytes], 100), 100, _time);
        Assert.Throws<InvalidDataException>(frames.Read);
    }

    [Fact]
    public void A_frame_that_comes_a_byte_at_a_time_for_ever_is_given_up()
    {
        var stream = new PieceStream([20, 0, 0, 0, .. new byte[20]], 1)
        {
            BeforeRead = () => _time.Advance(TimeSpan.FromSeconds(1)),
        };
        var error = Assert.Throws<InvalidDataException>(new LinkFrames(stream, 100, _time).Read);
        Assert.Contains("slowly", error.Message, StringComparison.Ordinal);
        Assert.InRange(stream.Position, LinkLimits.Frame.TotalSeconds, LinkLimits.Frame.TotalSeconds + 3);
    }

    [Fact]
    public void Silence_between_frames_is_no_slowness()
    {
        var stream = new PieceStream([1, 0, 0, 0, 5, 1, 0, 0, 0, 6], 5)
        {
            BeforeRead = () => _time.Advance(TimeSpan.FromSeconds(8)),
        };
        var frames = new LinkFrames(stream, 100, _time);
        Assert.Equal([5], frames.Read());
        Assert.Equal([6], frames.Read());
    }

    [Theory]
    [InlineData("", ConnectionKind.Undecided)]
    [InlineData("S", ConnectionKind.Undecided)]
    [InlineData("SKEINCTL1", ConnectionKind.Undecided)]
    [InlineData("SKEINCTL1\n", ConnectionKind.Link)]
    [InlineData("SKEINCTL1\nand more", ConnectionKind.Link)]
    [InlineData("G", ConnectionKind.Http)]
    [InlineData("SE", ConnectionKind.Http)]
    [InlineData("SEARCH / HTTP/1.1", ConnectionKind.Http)]
    [InlineData("SKEINCTL2\n", ConnectionKind.Http)]
    [InlineData("SKEINCTL1 / HTTP/1.1\r\n", ConnectionKind.Http)]
    public void The_first_bytes_say_what_a_connection_is(string first, object kind) =>
        Assert.Equal((ConnectionKind)kind, LinkPreamble.Judge(System.Text.Encoding.ASCII.GetBytes(first)));

    /// <summary>Gives its bytes in pieces.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public Action BeforeRead { get; init; } = static () => { };

        public override int Read(Span<byte> buffer)
        {
            BeforeRead();
            return base.Read(buffer[..Math.Min(piece, buffer.Length)]);
        }
    }
}
