using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>When data and metadata of an object reach the disk (<c>write_policy</c>).</summary>
public sealed record WritePolicySection : ConfigSection
{
    /// <summary>The only policy for data, and the default for metadata.</summary>
    public const string Immediate = "immediate";

    private static readonly string[] Words = [Immediate, "delayed", "never"];

    /// <summary>Policy for data: empty or <c>immediate</c>, which mean the same. Default empty.</summary>
    public string Data { get; init; } = "";

    /// <summary>Policy for metadata: empty, <c>immediate</c>, <c>delayed</c> or <c>never</c>. Default empty.</summary>
    public string Metadata { get; init; } = "";

    internal static SectionSchema<WritePolicySection> Schema { get; } = new SectionSchema<WritePolicySection>()
        .Add(Policy(
            "data", s => s.Data, (s, v) => s with { Data = v },
            "When data reaches the disk; empty means immediate, the only policy there is."))
        .Add(Policy(
            "md", s => s.Metadata, (s, v) => s with { Metadata = v },
            "When metadata reaches the disk; empty means immediate."))
        .Rule(s => s.Data is "" or Immediate
            ? null
            : $"invalid write policy for data: \"{s.Data}\" not implemented yet");

    private static ValueField<WritePolicySection, string> Policy(
        string name,
        Func<WritePolicySection, string> get,
        Func<WritePolicySection, string, WritePolicySection> set,
        string meaning) =>
        new(
            name,
            meaning,
            new ChoiceKind(
                Words,
                allowEmpty: true,
                (word, words) => $"invalid write policy \"{word}\" (expecting one of {words})"),
            get,
            set);
}
