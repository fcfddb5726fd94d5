using System.Text.Json.Serialization;

namespace Skein.Core.Maps;

/// <summary>A node that votes and stores the control document before a change counts as committed.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Incarnation">Incarnation that votes; another incarnation of the same id does not count.</param>
/// <param name="IsWitness">True when it votes and stores but never leads.</param>
public sealed record VoterInfo(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("incarnation")] string Incarnation,
    [property: JsonPropertyName("witness")] bool IsWitness);
