using System.Text.Json;
using Skein.Cli.Commands;
using Skein.Cli.Config;
using Skein.Cli.Output;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Cli.Buckets;

/// <summary>Reads the properties of a bucket that a person typed.</summary>
internal static class BucketPropsInput
{
    /// <summary>Reads properties.</summary>
    /// <param name="words">One JSON object, or <c>KEY=VALUE</c> or <c>KEY VALUE</c>; several also in one text.</param>
    /// <returns>The JSON that the cluster takes.</returns>
    /// <exception cref="CliException">When a key is unknown or a value is wrong.</exception>
    public static JsonElement Read(IReadOnlyList<string> words)
    {
        try
        {
            if (words is [['{', ..] text])
            {
                return JsonSerializer.Deserialize(text, CliJsonContext.Default.JsonElement);
            }
            // "--props=a=1 b=2" comes as one argument, as AIStore's users write it.
            var all = words.SelectMany(word => word.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            var pairs = ConfigWords.Pairs(all).SelectMany(Backend).ToList();
            return JsonSerializer.Deserialize(
                BucketPropsPatch.PairsToJson(pairs).ToJsonString(), CliJsonContext.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw new CliException($"the properties are no JSON: {e.Message}");
        }
        catch (StoreException e)
        {
            throw new CliException(
                e.Message, "'skein bucket props show BUCKET' shows the properties; for example checksum.type=xxhash");
        }
    }

    // AIStore's users write the backend of a bucket as a bucket, or as "none".
    private static IEnumerable<KeyValuePair<string, string>> Backend(KeyValuePair<string, string> pair)
    {
        if (pair.Key != "backend_bck")
        {
            return [pair];
        }
        if (pair.Value is "none" or "")
        {
            return [new("backend_bck.name", ""), new("backend_bck.provider", "")];
        }
        var backend = BucketCommands.Parse(pair.Value);
        return [new("backend_bck.name", backend.Name), new("backend_bck.provider", backend.Provider)];
    }
}
