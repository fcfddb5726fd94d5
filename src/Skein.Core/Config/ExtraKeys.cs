using System.Collections.Immutable;

namespace Skein.Core.Config;

/// <summary>Keys that were read but are not Skein's own: kept with their values and written back.</summary>
public sealed class ExtraKeys : IEquatable<ExtraKeys>
{
    private ExtraKeys(ImmutableSortedDictionary<string, RawJson> values) => Values = values;

    /// <summary>No such keys.</summary>
    public static ExtraKeys None { get; } = new(
        ImmutableSortedDictionary<string, RawJson>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>The values by key, spelled as they were read, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, RawJson> Values { get; }

    /// <summary>The same keys and one more (or with another value).</summary>
    public ExtraKeys With(string key, RawJson value) => new(Values.SetItem(key, value));

    /// <inheritdoc/>
    public bool Equals(ExtraKeys? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (Values.Count == other.Values.Count
                && Values.All(pair => other.Values.TryGetValue(pair.Key, out var value) && pair.Value.Equals(value))));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExtraKeys);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Count;
}
