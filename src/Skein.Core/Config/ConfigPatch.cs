using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config.Schema;
using Skein.Core.Errors;

namespace Skein.Core.Config;

/// <summary>Changes of the cluster configuration that users ask for (<c>set-config</c>, <c>reset-config</c>).</summary>
public static class ConfigPatch
{
    /// <summary>Applies a partial JSON object. JSON null and an empty object change nothing.</summary>
    /// <returns>The changed, valid configuration; version and time of update are left to the caller.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> when a key is unknown or may not be set, or a value is wrong.
    /// </exception>
    public static ClusterConfig Apply(ClusterConfig current, JsonElement changes)
    {
        var context = new ReadContext(patching: true);
        var changed = SectionPatch.Apply(ClusterConfig.Schema, current, changes, context);
        ConfigReader.ThrowIfAny(context.Problems);
        return changed;
    }

    /// <summary>As <see cref="Apply(ClusterConfig, JsonElement)"/>, from changes kept as nodes.</summary>
    /// <exception cref="StoreException">As there.</exception>
    public static ClusterConfig Apply(ClusterConfig current, JsonObject changes)
    {
        using var document = JsonDocument.Parse(changes.ToJsonString());
        return Apply(current, document.RootElement);
    }

    /// <summary>
    /// Applies dotted keys with their values as text, for example <c>timeout.send_file_time</c>, <c>3m</c>.
    /// </summary>
    /// <returns>The changed, valid configuration.</returns>
    /// <exception cref="StoreException">
    /// As for <see cref="Apply(ClusterConfig, JsonElement)"/>, and when there is no pair.
    /// </exception>
    public static ClusterConfig ApplyPairs(
        ClusterConfig current, IReadOnlyCollection<KeyValuePair<string, string>> pairs)
    {
        var context = new ReadContext(patching: true);
        var changed = SectionPatch.ApplyPairs(ClusterConfig.Schema, current, pairs, context);
        ConfigReader.ThrowIfAny(context.Problems);
        return changed;
    }

    /// <summary>
    /// Dotted pairs as the JSON object that <see cref="Apply(ClusterConfig, JsonObject)"/> takes, for example to keep
    /// the overrides of one node, or to send them.
    /// </summary>
    /// <exception cref="StoreException">When a key is unknown, a value is wrong, or there is no pair.</exception>
    public static JsonObject PairsToJson(IReadOnlyCollection<KeyValuePair<string, string>> pairs) =>
        SectionPatch.PairsToJson(ClusterConfig.Schema, ClusterConfig.Default, pairs);

    /// <summary>
    /// Reads <c>key=value,key=value</c>. A piece without <c>=</c> belongs to the value before it, so that values may be
    /// lists.
    /// </summary>
    /// <exception cref="StoreException">When the first piece has no <c>=</c> or a key is empty.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> ParsePairs(string text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var piece in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = piece.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                pairs.Add(new(piece[..equals].Trim(), piece[(equals + 1)..].Trim()));
            }
            else if (equals < 0 && pairs.Count > 0)
            {
                pairs[^1] = new(pairs[^1].Key, $"{pairs[^1].Value},{piece.Trim()}");
            }
            else
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"cannot read \"{ReadContext.Shorten(piece)}\": expected key=value[,key=value...], "
                        + "for example timeout.send_file_time=3m");
            }
        }
        return pairs;
    }

    /// <summary>
    /// The initial configuration again, with what Skein maintains (UUID, version, time of update, the three URLs) as it
    /// is now.
    /// </summary>
    public static ClusterConfig Reset(ClusterConfig current, ClusterConfig initial) => initial with
    {
        Uuid = current.Uuid,
        Version = current.Version,
        LastUpdateTime = current.LastUpdateTime,
        Proxy = current.Proxy,
    };
}
