using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Limits of time for calls that nodes make as clients (<c>client</c>).</summary>
public sealed record ClientSection : ConfigSection
{
    /// <summary>Limit of one ordinary call. Range 1s to 2m. Default 10s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Limit of one long call; not below client_timeout. Range 30s to 30m. Default 10m.</summary>
    public TimeSpan LongTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Limit of listing one page of objects. Range 2s to 15m. Default 1m.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromMinutes(1);

    internal static SectionSchema<ClientSection> Schema { get; } = new SectionSchema<ClientSection>()
        .Duration(
            "client_timeout", s => s.Timeout, (s, v) => s with { Timeout = v }, ("1s", "2m"),
            "Limit of one ordinary call.")
        .Duration(
            "client_long_timeout", s => s.LongTimeout, (s, v) => s with { LongTimeout = v }, ("30s", "30m"),
            "Limit of one long call; not below client_timeout.")
        .Duration(
            "list_timeout", s => s.ListTimeout, (s, v) => s with { ListTimeout = v }, ("2s", "15m"),
            "Limit of listing one page of objects.")
        .Rule(s => s.LongTimeout < s.Timeout
            ? $"invalid client.client_long_timeout={GoDuration.Format(s.LongTimeout)}, must be >= "
                + $"client.client_timeout={GoDuration.Format(s.Timeout)}"
            : null);
}
