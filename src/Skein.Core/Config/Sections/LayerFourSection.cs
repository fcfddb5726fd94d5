using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Transport layer (<c>net.l4</c>).</summary>
public sealed record LayerFourSection : ConfigSection
{
    /// <summary>Transport protocol. One of: tcp. Default tcp.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>
    /// Send and receive buffer of a socket in bytes; 0 leaves it to the system. Range 0 to 2147483647. Default
    /// 131072.
    /// </summary>
    public int SocketBufferSize { get; init; } = 131072;

    internal static SectionSchema<LayerFourSection> Schema { get; } = new SectionSchema<LayerFourSection>()
        .Choice("proto", s => s.Protocol, (s, v) => s with { Protocol = v }, ["tcp"], "Transport protocol.")
        .Integer(
            "sndrcv_buf_size", s => s.SocketBufferSize, (s, v) => s with { SocketBufferSize = (int)v },
            (0, int.MaxValue),
            "Send and receive buffer of a socket in bytes; 0 leaves it to the system.");
}
