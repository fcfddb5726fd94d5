using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.DataPath.Servers;

/// <summary>A plain file server in Go, built when it is started, where Go is installed.</summary>
internal sealed class GoServer : IAsyncDisposable
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    private readonly ServerProcess _process;
    private readonly int _port;

    private GoServer(ServerProcess process, int port) => (_process, _port) = (process, port);

    /// <summary>The compiler; null when it is not installed.</summary>
    public static string? Program { get; } = Programs.Find("go");

    public int ProcessId => _process.Id;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    /// <summary>Its version, as it says it.</summary>
    public static async Task<string> VersionAsync() =>
        (await ProgramRun.RunAsync(Program!, ["version"])).Output.Trim().Replace("go version ", "", StringComparison.Ordinal);

    /// <summary>Builds and starts it.</summary>
    /// <param name="folder">Where it may keep its own files.</param>
    /// <param name="files">The files that it serves.</param>
    /// <param name="puts">Where it stores what is put.</param>
    /// <param name="location">Where <c>/redirect</c> sends to.</param>
    public static async Task<GoServer> StartAsync(TempFolder folder, string files, string puts, string location)
    {
        var program = folder.Combine("fileserver");
        var source = Path.Combine(AppContext.BaseDirectory, "Go", "fileserver.go");
        (await ProgramRun.RunAsync(
            BuildLimit, Program!, ["build", "-o", program, source],
            ("GOCACHE", folder.CreateFolder("gocache")), ("GOPATH", folder.CreateFolder("gopath")), ("GO111MODULE", "off")))
            .Succeeded();
        var port = FreePorts.Take(1)[0];
        var listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        return new GoServer(
            await ServerProcess.StartAsync(
                port, program, "-listen", listen, "-folder", files, "-puts", puts, "-location", location),
            port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
