using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Errors;

namespace Skein.Core.Config.Schema;

/// <summary>Changes of a section that users ask for.</summary>
internal static class SectionPatch
{
    /// <summary>Most pairs in one change.</summary>
    public const int MaxPairs = 1000;

    public static T Apply<T>(SectionSchema<T> schema, T current, JsonElement changes, ReadContext context)
        where T : ConfigSection
    {
        var changed = schema.Read(current, changes, "", context);
        return Checked(schema, changed, context);
    }

    public static T ApplyPairs<T>(
        SectionSchema<T> schema,
        T current,
        IReadOnlyCollection<KeyValuePair<string, string>> pairs,
        ReadContext context)
        where T : ConfigSection =>
        Checked(schema, ReadPairs(schema, current, pairs, context), context);

    /// <summary>
    /// The pairs as a nested JSON object with canonical names and typed values. Each value is checked by itself;
    /// conditions over several keys are left to whoever applies the object.
    /// </summary>
    public static JsonObject PairsToJson<T>(
        SectionSchema<T> schema, T defaults, IReadOnlyCollection<KeyValuePair<string, string>> pairs)
        where T : ConfigSection
    {
        var context = new ReadContext(patching: true);
        var changed = ReadPairs(schema, defaults, pairs, context);
        ConfigReader.ThrowIfAny(context.Problems);
        var full = ConfigReader.ToNode(writer =>
        {
            writer.WriteStartObject();
            schema.WriteMembers(writer, changed, null, masked: false);
            writer.WriteEndObject();
        });
        var picked = new JsonObject();
        foreach (var (key, _) in pairs)
        {
            Pick(full, picked, key);
        }
        return picked;
    }

    private static T ReadPairs<T>(
        SectionSchema<T> schema,
        T current,
        IReadOnlyCollection<KeyValuePair<string, string>> pairs,
        ReadContext context)
        where T : ConfigSection
    {
        if (pairs.Count is 0 or > MaxPairs)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                pairs.Count == 0 ? "no properties to update" : $"too many properties to update: at most {MaxPairs}");
        }
        foreach (var (key, value) in pairs)
        {
            current = schema.ReadText(current, key, value, "", context);
        }
        return current;
    }

    private static T Checked<T>(SectionSchema<T> schema, T changed, ReadContext context)
        where T : ConfigSection
    {
        if (context.Problems.Count == 0)
        {
            schema.Check(changed, "", context.Problems);
        }
        return changed;
    }

    private static void Pick(JsonObject from, JsonObject into, string key)
    {
        var names = key.Split('.');
        for (var i = 0; i < names.Length; i++)
        {
            var member = from.First(pair => string.Equals(pair.Key, names[i], StringComparison.OrdinalIgnoreCase));
            if (i == names.Length - 1)
            {
                into[member.Key] = member.Value?.DeepClone();
                return;
            }
            from = member.Value!.AsObject();
            if (into[member.Key] is not JsonObject inner)
            {
                inner = [];
                into[member.Key] = inner;
            }
            into = inner;
        }
    }
}
