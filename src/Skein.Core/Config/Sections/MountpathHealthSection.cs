using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Watching the health of mountpaths (<c>fshc</c>).</summary>
public sealed record MountpathHealthSection : ConfigSection
{
    /// <summary>Number of files to read and write in one check. Range 1 to 1024. Default 4.</summary>
    public int TestFiles { get; init; } = 4;

    /// <summary>
    /// Number of errors in one check above which the mountpath is disabled. Range 1 to 1024. Default 2.
    /// </summary>
    public int ErrorLimit { get; init; } = 2;

    /// <summary>Whether mountpaths are checked after input and output errors. Default true.</summary>
    public bool Enabled { get; init; } = true;

    internal static SectionSchema<MountpathHealthSection> Schema { get; } = new SectionSchema<MountpathHealthSection>()
        .Integer(
            "test_files", s => s.TestFiles, (s, v) => s with { TestFiles = (int)v }, (1, 1024),
            "Number of files to read and write in one check.")
        .Integer(
            "error_limit", s => s.ErrorLimit, (s, v) => s with { ErrorLimit = (int)v }, (1, 1024),
            "Number of errors in one check above which the mountpath is disabled.")
        .Boolean(
            "enabled", s => s.Enabled, (s, v) => s with { Enabled = v },
            "Whether mountpaths are checked after input and output errors.")
        .Accept("io_err_limit", "io_err_time");
}
