using System.Collections.Immutable;

namespace Skein.Core.Remote;

/// <summary>Another cluster whose buckets are visible here as <c>ais://@alias/b</c> or <c>ais://@uuid/b</c>.</summary>
/// <param name="Alias">Name that people gave it; the UUID itself where they gave none.</param>
/// <param name="Uuid">Its cluster id; empty while nobody has asked it.</param>
/// <param name="Urls">Base URLs of proxies of it, at least one.</param>
public sealed record RemoteCluster(string Alias, string Uuid, ImmutableArray<string> Urls)
{
    /// <summary>Fewest characters of an alias.</summary>
    public const int MinAliasLength = 2;

    /// <summary>The cluster as errors show it.</summary>
    public string Shown => Alias == Uuid ? $"remote cluster \"{Uuid}\"" : $"remote cluster \"{Alias}\" ({Uuid})";
}
