using System.Text.Json.Serialization;

namespace Skein.Storage.Mountpaths;

/// <summary>What a node remembers of one of its mountpaths.</summary>
/// <param name="Path">Absolute path without a slash at its end.</param>
/// <param name="Label">The operator's label; empty for none.</param>
/// <param name="Id">Id of the disk that was last seen there; empty when none was.</param>
/// <param name="State">How it takes part.</param>
/// <param name="Reason">Why it is out of service, for people; empty when it is not.</param>
/// <param name="MayHoldObjects">
/// True when it is out of service and objects may lie on it that lie nowhere else: what may lie there cannot be denied.
/// </param>
public sealed record MountpathRecord(
    [property: JsonPropertyName("path"), JsonRequired] string Path,
    [property: JsonPropertyName("label"), JsonRequired] string Label,
    [property: JsonPropertyName("id"), JsonRequired] string Id,
    [property: JsonPropertyName("state"), JsonRequired] MountpathState State,
    [property: JsonPropertyName("reason"), JsonRequired] string Reason,
    [property: JsonPropertyName("may_hold_objects"), JsonRequired] bool MayHoldObjects)
{
    /// <summary>True while objects are read from it.</summary>
    [JsonIgnore]
    public bool IsReadable =>
        State is MountpathState.Available or MountpathState.WaitingDisable or MountpathState.WaitingDetach;

    /// <summary>True while its objects are being moved away.</summary>
    [JsonIgnore]
    public bool IsWaiting => State is MountpathState.WaitingDisable or MountpathState.WaitingDetach;

    /// <summary>The record of a mountpath that is in use.</summary>
    internal static MountpathRecord Of(string path, string label, string id) =>
        new(path, label, id, MountpathState.Available, "", false);
}
