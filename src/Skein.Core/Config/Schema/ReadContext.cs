namespace Skein.Core.Config.Schema;

/// <summary>What one reading of configuration found wrong, and how strict it is.</summary>
/// <param name="patching">True for a change by a user: unknown and maintained keys are refused.</param>
internal sealed class ReadContext(bool patching)
{
    private const int MaxShown = 80;

    public bool Patching => patching;

    public List<string> Problems { get; } = [];

    /// <summary>True when something was not understood at all: an unknown key or a value of the wrong type.</summary>
    public bool Malformed { get; private set; }

    /// <summary>How many keys were found and taken over.</summary>
    public int Applied { get; set; }

    public void Fail(string problem) => Problems.Add(problem);

    public void FailType(string path, string value, string expected)
    {
        Malformed = true;
        Fail($"invalid {path}={Shorten(value)}, expected {expected}");
    }

    public void FailUnknown(string path)
    {
        Malformed = true;
        Fail($"unknown property \"{Shorten(path)}\"");
    }

    public static string Shorten(string text) =>
        text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown), "...");
}
