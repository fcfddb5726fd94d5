namespace Skein.UnitTests.Cli.Playground;

/// <summary>A program that stands in for a node: it starts, says so, and does nothing until it is told to end.</summary>
internal static class Sleeper
{
    private const string Loop = """
        #!/bin/sh
        echo "sleeper started with $*"
        trap 'exit 0' TERM
        while :; do sleep 0.05; done

        """;

    private const string Failing = """
        #!/bin/sh
        echo "the port is taken"
        exit 1

        """;

    /// <summary>Writes the program and returns its path.</summary>
    public static string Write(string folder, bool failing = false)
    {
        var path = Path.Combine(folder, failing ? "failing" : "sleeper");
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }
        if (!File.Exists(path))
        {
            File.WriteAllText(path, failing ? Failing : Loop);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return path;
    }
}
