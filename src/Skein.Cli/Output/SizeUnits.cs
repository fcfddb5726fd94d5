namespace Skein.Cli.Output;

/// <summary>How sizes are shown.</summary>
internal enum SizeUnits
{
    /// <summary>Powers of 1024: <c>48.83KiB</c>.</summary>
    Iec,

    /// <summary>Powers of 1000: <c>50.00KB</c>.</summary>
    Si,

    /// <summary>Bytes: <c>50002</c>.</summary>
    Raw,
}
