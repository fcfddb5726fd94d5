using System.Globalization;
using System.Text.Json;
using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Core.Sorting;

/// <summary>Checks what a client wants of a distributed sort. Errors name the member, in AIStore's words.</summary>
public static class SortSpecReader
{
    /// <summary>Longest description, in characters.</summary>
    public const int MaxDescription = 4096;

    private static readonly string[] Kinds = ["", "alphanumeric", "md5", "shuffle", "content", "none"];
    private static readonly string[] SorterTypes = ["", "dsort_general", "dsort_mem"];

    /// <summary>The message with everything that it leaves open filled in, so that every target reads the same.</summary>
    /// <param name="message">What the client said.</param>
    /// <param name="config">The section of the configuration.</param>
    /// <param name="seed">Seed of a shuffle that has none.</param>
    public static SortMessage WithDefaults(SortMessage message, DistributedSortSection config, long seed)
    {
        var own = message.Config ?? new SortReactionsMessage();
        return message with
        {
            Algorithm = (message.Algorithm ?? new SortAlgorithmMessage()) with
            {
                Seed = IsEmpty(message.Algorithm?.Seed)
                    ? Text(seed.ToString(CultureInfo.InvariantCulture))
                    : message.Algorithm!.Seed,
            },
            MaxMemoryUsage = !IsEmpty(message.MaxMemoryUsage) ? message.MaxMemoryUsage
                : !IsEmpty(own.MaxMemoryUsage) ? own.MaxMemoryUsage
                : Text(config.MaxMemoryUsage),
            Config = own with
            {
                DuplicatedRecords = Or(own.DuplicatedRecords, config.DuplicatedRecords),
                MissingShards = Or(own.MissingShards, config.MissingShards),
                MalformedLine = Or(own.MalformedLine, config.MalformedLine),
                MissingKey = Or(own.MissingKey, config.MissingKey),
            },
        };
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="StoreException">When something is wrong with it.</exception>
    public static SortSpec Read(SortMessage message)
    {
        CheckMembers(message);
        var input = Bucket("input_bck", message.InputBucket)
            ?? throw Wrong("input_bck", "missing source bucket");
        var output = Bucket("output_bck", message.OutputBucket) ?? input;
        var names = Names(message.InputFormat);
        var inputExtension = Extension(
            "input_extension", message.InputExtension, names.IsList ? "" : names.Template ?? "", "input_format");
        var size = Size(message.OutputShardSize);
        var order = OrderFile(message.OrderFile);
        if (order is not null && size == 0)
        {
            throw Wrong("output_shard_size", "output shard size must be set (cannot be 0 and cannot be omitted)");
        }
        var template = order is null ? Template(message.OutputFormat ?? "") : null;
        var outputExtension = Extension(
            "output_extension", message.OutputExtension, template is null ? "" : message.OutputFormat ?? "", "output_format");
        var (percent, bytes) = Memory(message.MaxMemoryUsage);
        var spec = Sorted(message.Algorithm ?? new SortAlgorithmMessage(), new SortSpec
        {
            Input = input,
            Output = output,
            Names = names,
            InputExtension = inputExtension,
            OutputExtension = outputExtension.Length != 0 ? outputExtension
                : inputExtension.Length != 0 ? inputExtension
                : ArchiveFormat.Tar.Extension(),
            OutputNames = template,
            ShardBytes = size,
            OrderFile = order,
            OrderFileSeparator = Or(message.OrderFileSeparator, "\t"),
            MemoryPercent = percent,
            MemoryBytes = bytes,
            ExtractWorkers = Workers("extract", message.ExtractWorkers),
            CreateWorkers = Workers("create", message.CreateWorkers),
            IsDryRun = message.IsDryRun,
            Description = Description(message.Description ?? ""),
        });
        return Reacting(message.Config ?? new SortReactionsMessage(), spec);
    }

    private static SortSpec Sorted(SortAlgorithmMessage algorithm, SortSpec spec)
    {
        var kind = Array.IndexOf(Kinds, algorithm.Kind ?? "");
        if (kind < 0)
        {
            throw Wrong(
                "algorithm",
                $"invalid sorting algorithm \"{Shorten(algorithm.Kind!)}\" "
                    + $"(expecting one of: [{string.Join(' ', Kinds).Trim()}])");
        }
        var seed = 0L;
        var text = ReadText("algorithm", algorithm.Seed);
        if (text.Length != 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed))
        {
            throw Wrong("algorithm", $"invalid seed \"{Shorten(text)}\" (expecting integer value)");
        }
        spec = spec with
        {
            Kind = (SortKind)Math.Max(0, kind - 1),
            IsDecreasing = algorithm.IsDecreasing,
            Seed = seed,
        };
        if (spec.Kind != SortKind.Content)
        {
            return spec;
        }
        var extension = (algorithm.Extension ?? "").Trim();
        if (extension.Length < 2 || extension[0] != '.')
        {
            throw Wrong("algorithm", $"algorithm: invalid extension \"{Shorten(extension)}\"");
        }
        return spec with
        {
            KeyExtension = extension,
            KeyType = algorithm.ContentKeyType switch
            {
                "int" => SortKeyType.Integer,
                "float" => SortKeyType.Decimal,
                "string" => SortKeyType.Text,
                var other => throw Wrong(
                    "algorithm",
                    $"invalid content sorting key \"{Shorten(other ?? "")}\", expecting one of: 'int', 'float', 'string'"),
            },
        };
    }

    private static SortSpec Reacting(SortReactionsMessage config, SortSpec spec) => spec with
    {
        DuplicatedRecords = Reaction("duplicated_records", config.DuplicatedRecords, spec.DuplicatedRecords),
        MissingShards = Reaction("missing_shards", config.MissingShards, spec.MissingShards),
        MalformedLine = Reaction("ekm_malformed_line", config.MalformedLine, spec.MalformedLine),
        MissingKey = Reaction("ekm_missing_key", config.MissingKey, spec.MissingKey),
    };

    private static SortReaction Reaction(string member, string? word, SortReaction unsaid) => word switch
    {
        null or "" => unsaid,
        "ignore" => SortReaction.Ignore,
        "warn" => SortReaction.Warn,
        "abort" => SortReaction.Abort,
        _ => throw Wrong(member, $"invalid reaction \"{Shorten(word)}\" (expecting one of: [ignore warn abort])"),
    };

    private static BucketName? Bucket(string member, WireBucket? bucket)
    {
        if (string.IsNullOrEmpty(bucket?.Name))
        {
            return null;
        }
        try
        {
            return bucket.ToName();
        }
        catch (StoreException error)
        {
            throw Wrong(member, error.Message);
        }
    }

    private static NamesMessage Names(SortInput? input)
    {
        var names = new NamesMessage { Template = input?.Template?.Trim(), ObjectNames = input?.ObjectNames };
        try
        {
            names.Validate();
            return names;
        }
        catch (StoreException error)
        {
            throw Wrong("input_format", error.Message);
        }
    }

    private static NameTemplate Template(string format)
    {
        var text = format.Trim();
        if (text.Length == 0)
        {
            throw Wrong("output_format", "empty output template (and no order_file)");
        }
        NameTemplate template;
        try
        {
            template = NameTemplate.Parse(text);
        }
        catch (StoreException error)
        {
            throw Wrong("output_format", error.Message);
        }
        if (template.IsPrefix)
        {
            throw Wrong(
                "output_format",
                $"invalid output template \"{Shorten(text)}\": no ranges (prefix-only output is not supported)");
        }
        try
        {
            ObjectName.Validate(template.NameAt(0));
        }
        catch (StoreException error)
        {
            throw Wrong("output_format", error.Message);
        }
        return template;
    }

    /// <summary>The extension that is said, or that a template ends with; empty for none.</summary>
    private static string Extension(string member, string? said, string template, string templateMember)
    {
        var ofTemplate = ArchiveFormats.OfName(template);
        if (string.IsNullOrEmpty(said))
        {
            return ofTemplate?.Extension() ?? "";
        }
        ArchiveFormat format;
        try
        {
            format = ArchiveFormats.OfMime(said);
        }
        catch (StoreException error)
        {
            throw Wrong(member, error.Message);
        }
        if (ofTemplate is not null && ofTemplate != format)
        {
            throw Wrong(member, $"\"{Shorten(said)}\" vs \"{ofTemplate.Value.Extension()}\" of {templateMember}");
        }
        // ".tar.gz" is kept as it is written: names of shards end with it.
        return said[0] == '.' && ArchiveFormats.OfName(said) == format ? said : format.Extension();
    }

    private static long Size(JsonElement? value)
    {
        var text = ReadText("output_shard_size", value);
        if (text.Length == 0)
        {
            return 0;
        }
        if (text[0] == '-')
        {
            throw Wrong("output_shard_size", $"output shard size must be >= 0 (got {Shorten(text)})");
        }
        return ByteSize.TryParse(text, out var bytes)
            ? bytes
            : throw Wrong("output_shard_size", $"\"{Shorten(text)}\" is not a size such as 10KB or 200MiB");
    }

    private static Uri? OrderFile(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw Wrong(
                "order_file", $"failed to parse order file ('order_file') URL \"{Shorten(text)}\": expecting http or https");
    }

    private static (int Percent, long Bytes) Memory(JsonElement? value)
    {
        var text = ReadText("max_mem_usage", value);
        if (text.Length == 0)
        {
            return (80, 0);
        }
        if (text[^1] == '%')
        {
            return int.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                && percent is >= 1 and <= 100
                ? (percent, 0)
                : throw Wrong("max_mem_usage", $"\"{Shorten(text)}\" is not a percentage 1%..100%");
        }
        return ByteSize.TryParse(text, out var bytes) && bytes > 0
            ? (0, bytes)
            : throw Wrong("max_mem_usage", $"\"{Shorten(text)}\" is neither a size such as 10GB nor a percentage");
    }

    private static int Workers(string what, int count) => count >= 0
        ? count
        : throw Wrong($"{what}_concurrency_max_limit", $"negative concurrency limit ('{what}', {count})");

    private static string Description(string text) => text.Length <= MaxDescription
        ? text
        : throw Wrong("description", $"longer than {MaxDescription} characters");

    private static void CheckMembers(SortMessage message)
    {
        Check("", message.Unknown);
        Check("input_format.", message.InputFormat?.Unknown);
        Check("algorithm.", message.Algorithm?.Unknown);
        Check("Config.", message.Config?.Unknown);
        if (!SorterTypes.Contains(message.SorterType ?? ""))
        {
            throw Wrong(
                "dsorter_type",
                $"unknown type \"{Shorten(message.SorterType!)}\" "
                    + $"(expecting one of: [{string.Join(' ', SorterTypes).Trim()}])");
        }
    }

    private static void Check(string place, Dictionary<string, JsonElement>? unknown)
    {
        if (unknown is { Count: > 0 })
        {
            throw Wrong(place + Shorten(unknown.Keys.First()), "there is no such member");
        }
    }

    private static string ReadText(string member, JsonElement? value) => value?.ValueKind switch
    {
        null or JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.String => value.Value.GetString()!.Trim(),
        JsonValueKind.Number => value.Value.GetRawText(),
        _ => throw Wrong(member, "expecting a text or a number"),
    };

    private static bool IsEmpty(JsonElement? value) => value?.ValueKind switch
    {
        null or JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.String => value.Value.GetString()!.Trim().Length == 0,
        _ => false,
    };

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, WireJsonContext.Default.String);

    private static string Or(string? text, string other) => string.IsNullOrEmpty(text) ? other : text;

    private static StoreException Wrong(string member, string reason) =>
        new(StoreErrorCode.InvalidRequest, $"[dsort] parse-spec: \"{member}\" {reason}");

    private static string Shorten(string text) => text.Length > 128 ? text[..128] + "..." : text;
}
