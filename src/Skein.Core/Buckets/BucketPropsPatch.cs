using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config.Schema;
using Skein.Core.Errors;

namespace Skein.Core.Buckets;

/// <summary>Changes of bucket properties that users ask for.</summary>
public static class BucketPropsPatch
{
    /// <summary>The action that sets properties of an existing bucket.</summary>
    public const string SetAction = "set-bprops";

    /// <summary>Applies a partial JSON object. JSON null and an empty object change nothing.</summary>
    /// <param name="props">Properties as they are.</param>
    /// <param name="changes">AIStore's <c>BpropsToSet</c>.</param>
    /// <param name="targetCount">Active targets, of which erasure coding needs enough.</param>
    /// <param name="action">Name of the action, for the message.</param>
    /// <returns>The changed, valid properties.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> when a key is unknown or may not be set, a value is wrong, or
    /// there are not enough targets.
    /// </exception>
    public static BucketProps Apply(
        BucketProps props, JsonElement changes, int targetCount = int.MaxValue, string action = SetAction)
    {
        var context = new ReadContext(patching: true);
        var changed = SectionPatch.Apply(BucketProps.Schema, props, changes, context);
        return Finish(props, changed, context, targetCount, action);
    }

    /// <summary>As <see cref="Apply"/>, from dotted keys with their values as text.</summary>
    /// <exception cref="StoreException">As there, and when there is no pair.</exception>
    public static BucketProps ApplyPairs(
        BucketProps props, IReadOnlyCollection<KeyValuePair<string, string>> pairs, int targetCount = int.MaxValue)
    {
        var context = new ReadContext(patching: true);
        var changed = SectionPatch.ApplyPairs(BucketProps.Schema, props, pairs, context);
        return Finish(props, changed, context, targetCount, action: null);
    }

    /// <summary>Dotted pairs as the JSON object that <see cref="Apply"/> takes, for clients.</summary>
    /// <exception cref="StoreException">When a key is unknown, a value is wrong, or there is no pair.</exception>
    public static JsonObject PairsToJson(IReadOnlyCollection<KeyValuePair<string, string>> pairs) =>
        SectionPatch.PairsToJson(BucketProps.Schema, BucketProps.Default, pairs);

    /// <summary>
    /// The properties of a new bucket again, with what belongs to this bucket (provider, id, time of creation, previous
    /// name, backend) as it is.
    /// </summary>
    public static BucketProps Reset(BucketProps props, Config.ClusterConfig config) =>
        BucketProps.Create(config, props.Provider, props.BucketId, props.CreatedNanoseconds) with
        {
            Renamed = props.Renamed,
            Backend = props.Backend,
            BackendExtra = props.BackendExtra,
        };

    private static BucketProps Finish(
        BucketProps before, BucketProps after, ReadContext context, int targetCount, string? action)
    {
        if (context.Malformed && action is not null)
        {
            ConfigReader.ThrowIfAny(
                context.Problems, $"invalid props-to-update value in apireq: actm[{action}]: ");
        }
        ConfigReader.ThrowIfAny(context.Problems);
        var creating = action is not null and not SetAction;
        if ((creating || before.Erasure != after.Erasure) && CheckErasure(before, after, targetCount) is { } problem)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, problem);
        }
        return after;
    }

    private static string? CheckErasure(BucketProps before, BucketProps after, int targetCount)
    {
        var erasure = after.Erasure;
        if (!erasure.Enabled)
        {
            return null;
        }
        if (before.Erasure.Enabled && before.Erasure != erasure)
        {
            return "once enabled, EC configuration can be only disabled but cannot change";
        }
        return erasure.RequiredTargets <= targetCount
            ? null
            : $"not enough target nodes: EC configuration (D = {erasure.DataSlices}, P = {erasure.ParitySlices}) "
                + $"requires at least {erasure.RequiredTargets} targets (have {targetCount})";
    }
}
