using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>Mountpaths of a target by their state (AIStore's MountpathList). No list is null.</summary>
public sealed record MountpathLists
{
    /// <summary>In use.</summary>
    [JsonPropertyName("available"), JsonPropertyOrder(1)]
    public IReadOnlyList<string> Available { get; init; } = [];

    /// <summary>About to be disabled or detached.</summary>
    [JsonPropertyName("waiting_dd"), JsonPropertyOrder(2)]
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>Disabled.</summary>
    [JsonPropertyName("disabled"), JsonPropertyOrder(3)]
    public IReadOnlyList<string> Disabled { get; init; } = [];
}
