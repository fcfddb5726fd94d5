using System.Text.Json.Serialization;
using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.Core.Wire;

/// <summary>
/// Which objects of a bucket are meant (AIStore's ListRange and what goes with it): a list of names, else a template, else
/// all. Other members of the message are the kind's own.
/// </summary>
public sealed record NamesMessage
{
    /// <summary>A template or a prefix; empty for none.</summary>
    [JsonPropertyName("template"), JsonPropertyOrder(1)]
    public string? Template { get; init; }

    /// <summary>Names; null or empty for none. They count before the template.</summary>
    [JsonPropertyName("objnames"), JsonPropertyOrder(2)]
    public IReadOnlyList<string>? ObjectNames { get; init; }

    /// <summary>A prefix, of messages about a whole bucket; empty for none.</summary>
    [JsonPropertyName("prefix"), JsonPropertyOrder(3)]
    public string? Prefix { get; init; }

    /// <summary>Objects at a time on each target; 0 for the default, negative for one.</summary>
    [JsonPropertyName("num-workers"), JsonPropertyOrder(4)]
    public int Workers { get; init; }

    /// <summary>True not to end at the first error. Skein never does.</summary>
    [JsonPropertyName("coer"), JsonPropertyOrder(5)]
    public bool ContinueOnError { get; init; }

    /// <summary>True to leave out what is in folders below the prefix.</summary>
    [JsonPropertyName("non-recurs"), JsonPropertyOrder(6)]
    public bool NonRecursive { get; init; }

    /// <summary>True when names are listed.</summary>
    [JsonIgnore]
    public bool IsList => ObjectNames is { Count: > 0 };

    /// <summary>The template when names are not listed; null for none. A plain prefix is a template, too.</summary>
    /// <exception cref="StoreException">When it is wrong.</exception>
    public NameTemplate? ReadTemplate() =>
        IsList || string.IsNullOrEmpty(Template) || Template == "*" ? null : NameTemplate.Parse(Template);

    /// <summary>The prefix of the names that are meant when no names are listed and the template has no range.</summary>
    /// <exception cref="StoreException">When the template is wrong.</exception>
    public string PrefixOfWalk => ReadTemplate()?.Prefix ?? Prefix ?? "";

    /// <summary>Checks names and template.</summary>
    /// <exception cref="StoreException">When something is wrong.</exception>
    public void Validate()
    {
        foreach (var name in ObjectNames ?? [])
        {
            ObjectName.Validate(name ?? "");
        }
        var template = ReadTemplate();
        var prefix = PrefixOfWalk;
        if (prefix.Contains("../", StringComparison.Ordinal))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"invalid prefix \"{prefix}\": may not contain '../'");
        }
        if (template is { IsPrefix: false })
        {
            ObjectName.Validate(template.NameAt(0));
        }
    }
}
