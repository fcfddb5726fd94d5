namespace Skein.Core.Config;

/// <summary>One key of the configuration, for documentation and for command completion.</summary>
/// <param name="Path">Dotted path, for example <c>timeout.max_keepalive</c>.</param>
/// <param name="Type">Kind of value in words, for example <c>duration</c>.</param>
/// <param name="Default">Default value as text.</param>
/// <param name="Range">Allowed values in words; empty when every value of the type is allowed.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Settable">False for keys that Skein maintains and set-config refuses.</param>
public sealed record ConfigKey(
    string Path, string Type, string Default, string Range, string Meaning, bool Settable);
