using System.Text.Json.Serialization;

namespace Skein.Storage.Mountpaths;

/// <summary>How a mountpath takes part.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MountpathState>))]
public enum MountpathState
{
    /// <summary>In use.</summary>
    [JsonStringEnumMemberName("available")]
    Available,

    /// <summary>Read from, not written to: its objects are being moved to the others, then it is disabled.</summary>
    [JsonStringEnumMemberName("waiting-disable")]
    WaitingDisable,

    /// <summary>Read from, not written to: its objects are being moved to the others, then it is detached.</summary>
    [JsonStringEnumMemberName("waiting-detach")]
    WaitingDetach,

    /// <summary>Out of service until an operator enables it.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,

    /// <summary>Out of service because it cannot be used; it is looked at again by itself.</summary>
    [JsonStringEnumMemberName("faulty")]
    Faulty,

    /// <summary>Not this node's any more, although the configuration may still name it.</summary>
    [JsonStringEnumMemberName("detached")]
    Detached,
}
