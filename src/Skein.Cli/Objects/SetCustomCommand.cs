using System.CommandLine;
using System.Text.Json;
using Skein.Cli.Commands;
using Skein.Cli.Config;
using Skein.Cli.Output;

namespace Skein.Cli.Objects;

/// <summary><c>skein object set-custom</c>: changes the custom metadata of an object.</summary>
internal static class SetCustomCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var source = new Argument<string>("BUCKET/OBJECT") { Description = "Object" };
        var words = new Argument<string[]>("KEY=VALUE")
        {
            Description = "Values by key, or one JSON object of texts",
            Arity = ArgumentArity.OneOrMore,
            Validators = { CommonOptions.RefuseOptions },
        };
        var replace = new Option<bool>("--set-new-custom") { Description = "Remove all other custom metadata" };
        var command = new DocumentedCommand(
            "set-custom", "Set custom metadata of an object",
            "skein object set-custom ais://photos/a.jpg place=Rome year=2026",
            "skein object set-custom ais://photos/a.jpg '{\"place\": \"Rome\"}' --set-new-custom")
        {
            source, words, replace, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, name) = ObjectActionCommands.Named(parsed.GetRequiredValue(source));
            var custom = Read(parsed.GetRequiredValue(words));
            using var client = EndpointFinder.Connect(host, parsed);
            await client.Objects.SetCustomAsync(bucket, name, custom, parsed.GetValue(replace), cancellation);
            var found = await client.Objects.HeadAsync(bucket, name, cancellation);
            var now = string.Join(", ", (found?.Custom ?? []).Select(pair => $"{pair.Key}={pair.Value}"));
            if (parsed.GetValue(CommonOptions.Json))
            {
                var document = new NamesDocument { Action = "set-custom", Names = [$"{bucket}/{name}"] };
                CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.NamesDocument);
                return 0;
            }
            host.Writer.WriteLine($"Custom metadata of {bucket}/{name}: {now}");
            return 0;
        });
        return command;
    }

    private static SortedDictionary<string, string> Read(string[] words)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (words is not [['{', ..] text])
        {
            foreach (var (key, value) in ConfigWords.Pairs(words))
            {
                result[key] = value;
            }
            return result;
        }
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var member in json.RootElement.EnumerateObject())
            {
                result[member.Name] = member.Value.ValueKind == JsonValueKind.String
                    ? member.Value.GetString()! : member.Value.GetRawText();
            }
            return result;
        }
        catch (JsonException e)
        {
            throw new CliException($"the metadata is no JSON: {e.Message}", "write it as key=value, or {\"key\": \"value\"}");
        }
    }
}
