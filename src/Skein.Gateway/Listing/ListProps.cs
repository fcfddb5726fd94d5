namespace Skein.Gateway.Listing;

/// <summary>The properties that a listing can tell of each object.</summary>
[Flags]
public enum ListProps
{
    /// <summary>Name and flags: always told.</summary>
    None = 0,

    /// <summary>Size.</summary>
    Size = 1,

    /// <summary>Version.</summary>
    Version = 2,

    /// <summary>Checksum.</summary>
    Checksum = 4,

    /// <summary>Access time.</summary>
    AccessTime = 8,

    /// <summary>Number of copies.</summary>
    Copies = 16,

    /// <summary>Custom metadata.</summary>
    Custom = 32,

    /// <summary>Target and mountpath.</summary>
    Location = 64,
}

/// <summary>Reads the words of the <c>props</c> field.</summary>
public static class ListPropsWords
{
    /// <summary>The properties that the comma-separated words name; unknown words are ignored.</summary>
    public static ListProps Parse(string? words)
    {
        var result = ListProps.None;
        foreach (var word in (words ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            result |= word switch
            {
                "size" => ListProps.Size,
                "version" => ListProps.Version,
                "checksum" => ListProps.Checksum,
                "atime" => ListProps.AccessTime,
                "copies" => ListProps.Copies,
                "custom" => ListProps.Custom,
                "location" or "target_url" => ListProps.Location,
                _ => ListProps.None,
            };
        }
        return result;
    }
}
