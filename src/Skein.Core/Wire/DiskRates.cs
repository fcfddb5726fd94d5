using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>What one disk does at the moment (an entry of <c>what=disk</c>).</summary>
public sealed record DiskRates
{
    /// <summary>Bytes read per second.</summary>
    [JsonPropertyName("RBps"), JsonPropertyOrder(1)]
    public long ReadPerSecond { get; init; }

    /// <summary>Bytes per read, on average.</summary>
    [JsonPropertyName("Ravg"), JsonPropertyOrder(2)]
    public long AverageRead { get; init; }

    /// <summary>Bytes written per second.</summary>
    [JsonPropertyName("WBps"), JsonPropertyOrder(3)]
    public long WrittenPerSecond { get; init; }

    /// <summary>Bytes per write, on average.</summary>
    [JsonPropertyName("Wavg"), JsonPropertyOrder(4)]
    public long AverageWrite { get; init; }

    /// <summary>Part of the time in which it was busy, percent.</summary>
    [JsonPropertyName("Util"), JsonPropertyOrder(5)]
    public long Utilization { get; init; }
}
