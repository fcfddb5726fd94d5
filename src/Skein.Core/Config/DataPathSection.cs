using Skein.Core.Config.Schema;

namespace Skein.Core.Config;

/// <summary>How bytes of objects come and go on the network.</summary>
public enum DataTransport
{
    /// <summary>Straight on the sockets: large receives, plain reads answered before the HTTP server sees them.</summary>
    Direct,

    /// <summary>By the sockets of the HTTP server alone.</summary>
    Kestrel,
}

/// <summary>The data path of one target (<c>data_path</c>).</summary>
public sealed record DataPathSection : ConfigSection
{
    /// <summary>Most open files that may be kept between reads.</summary>
    public const int MaxOpenFiles = 1_000_000;

    /// <summary>How bytes come and go. Default direct.</summary>
    public DataTransport Transport { get; init; } = DataTransport.Direct;

    /// <summary>
    /// Most files that are kept open between reads of the same object; 0 to open a file for each read. Range 0 to
    /// <see cref="MaxOpenFiles"/>; never more than a quarter of what the process may open. Default 4096.
    /// </summary>
    public int OpenFiles { get; init; } = 4096;

    internal static SectionSchema<DataPathSection> Schema { get; } = new SectionSchema<DataPathSection>()
        .Add(new ValueField<DataPathSection, DataTransport>(
            "transport",
            "How a target moves bytes of objects: straight on the sockets (direct), or by the sockets of the HTTP server "
                + "alone (kestrel).",
            new WordKind<DataTransport>(("direct", DataTransport.Direct), ("kestrel", DataTransport.Kestrel)),
            s => s.Transport,
            (s, v) => s with { Transport = v }))
        .Integer(
            "open_files", s => s.OpenFiles, (s, v) => s with { OpenFiles = (int)v }, (0, MaxOpenFiles),
            "Most files that a target keeps open between reads of the same object; 0 to open a file for each read. Never "
                + "more than a quarter of what the process may open. Used by the direct transport.");
}
