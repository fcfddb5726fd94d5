namespace Skein.Core.Config.Schema;

/// <summary>Short ways to add a key of each kind to a schema.</summary>
internal static class SchemaFields
{
    private static readonly string[] CompressionWords = ["always", "never"];

    public static SectionSchema<T> Boolean<T>(
        this SectionSchema<T> schema, string name, Func<T, bool> get, Func<T, bool, T> set, string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, bool>(name, meaning, new BooleanKind(), get, set));

    public static SectionSchema<T> Integer<T>(
        this SectionSchema<T> schema,
        string name,
        Func<T, long> get,
        Func<T, long, T> set,
        (long Min, long Max) range,
        string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, long>(name, meaning, new IntegerKind(range.Min, range.Max), get, set));

    public static SectionSchema<T> Duration<T>(
        this SectionSchema<T> schema,
        string name,
        Func<T, TimeSpan> get,
        Func<T, TimeSpan, T> set,
        (string Min, string Max) range,
        string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, TimeSpan>(
            name, meaning, new DurationKind(Time(range.Min), Time(range.Max)), get, set));

    public static SectionSchema<T> Size<T>(
        this SectionSchema<T> schema,
        string name,
        Func<T, long> get,
        Func<T, long, T> set,
        (long Min, long Max) range,
        string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, long>(name, meaning, new SizeKind(range.Min, range.Max), get, set));

    public static SectionSchema<T> Text<T>(
        this SectionSchema<T> schema, string name, Func<T, string> get, Func<T, string, T> set, string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, string>(name, meaning, new TextKind(), get, set));

    public static SectionSchema<T> Choice<T>(
        this SectionSchema<T> schema,
        string name,
        Func<T, string> get,
        Func<T, string, T> set,
        IReadOnlyList<string> words,
        string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, string>(name, meaning, new ChoiceKind(words), get, set));

    public static SectionSchema<T> Compression<T>(
        this SectionSchema<T> schema, Func<T, string> get, Func<T, string, T> set)
        where T : ConfigSection =>
        schema.Choice("compression", get, set, CompressionWords, "Whether what is sent is compressed (LZ4).");

    public static SectionSchema<T> BundleMultiplier<T>(
        this SectionSchema<T> schema, Func<T, long> get, Func<T, long, T> set)
        where T : ConfigSection =>
        schema.Integer(
            "bundle_multiplier", get, set, (0, 16), "Number of connections to each destination; 0 means one.");

    public static SectionSchema<T> Section<T, TInner>(
        this SectionSchema<T> schema,
        string name,
        SectionSchema<TInner> inner,
        Func<T, TInner> get,
        Func<T, TInner, T> set,
        string meaning)
        where T : ConfigSection
        where TInner : ConfigSection =>
        schema.Add(new SectionField<T, TInner>(name, meaning, inner, get, set));

    /// <summary>A comma-separated list of URLs; empty is allowed.</summary>
    public static SectionSchema<T> Urls<T>(
        this SectionSchema<T> schema, string name, Func<T, string> get, Func<T, string, T> set, string meaning)
        where T : ConfigSection =>
        schema.Add(new ValueField<T, string>(
            name, meaning, new TextKind("URLs", "http:// or https:// URLs, separated by commas", CheckUrls), get, set));

    private static string? CheckUrls(string path, string value)
    {
        foreach (var url in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
            {
                return $"invalid {path}=\"{ReadContext.Shorten(value)}\", expected http:// or https:// URLs "
                    + $"separated by commas (\"{ReadContext.Shorten(url)}\" is none)";
            }
        }
        return null;
    }

    private static TimeSpan Time(string text) =>
        GoDuration.TryParse(text, out var value) ? value : throw new ArgumentException(text, nameof(text));
}
