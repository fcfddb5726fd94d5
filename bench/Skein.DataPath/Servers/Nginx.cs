using System.Globalization;
using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.DataPath.Servers;

/// <summary>
/// nginx as one process: static files, a redirect, and PUT by its WebDAV module at one port, and the same files with open
/// files cached at another.
/// </summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly int[] _ports;

    private Nginx(ServerProcess process, int[] ports) => (_process, _ports) = (process, ports);

    /// <summary>The program; null when it is not installed.</summary>
    public static string? Program { get; } = Programs.Find("nginx");

    public int ProcessId => _process.Id;

    /// <summary>Base URL without cached files.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[0]}");

    /// <summary>Base URL with <c>open_file_cache</c>.</summary>
    public string CachedUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[1]}");

    /// <summary>Its version, as it says it.</summary>
    public static async Task<string> VersionAsync() =>
        (await ProgramRun.RunAsync(Program!, ["-v"])).Error.Trim().Replace("nginx version: ", "", StringComparison.Ordinal);

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where it may keep its own files.</param>
    /// <param name="files">The files that it serves.</param>
    /// <param name="puts">Where it stores what is put below <c>/put/</c>.</param>
    /// <param name="location">Where <c>/redirect</c> sends to.</param>
    public static async Task<Nginx> StartAsync(TempFolder folder, string files, string puts, string location)
    {
        var home = folder.CreateFolder("nginx");
        var ports = FreePorts.Take(2);
        var config = folder.WriteFile("nginx/nginx.conf", Encoding.UTF8.GetBytes(Config(home, files, puts, location, ports)));
        return new Nginx(await ServerProcess.StartAsync(ports[0], Program!, "-p", home, "-c", config), ports);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Config(string home, string files, string puts, string location, int[] ports) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        daemon off;
        master_process off;
        user root;
        pid {{home}}/pid;
        error_log {{home}}/error.log;
        events { worker_connections 2048; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_timeout 600s;
          keepalive_requests 100000000;
          client_max_body_size 0;
          client_body_temp_path {{home}}/body;
          proxy_temp_path {{home}}/proxy;
          fastcgi_temp_path {{home}}/fastcgi;
          uwsgi_temp_path {{home}}/uwsgi;
          scgi_temp_path {{home}}/scgi;
          default_type application/octet-stream;
          server {
            listen 127.0.0.1:{{ports[0]}} backlog=4096;
            root {{files}};
            location /put/ { root {{puts}}; dav_methods PUT; }
            location = /redirect { return 307 {{location}}; }
          }
          server {
            listen 127.0.0.1:{{ports[1]}} backlog=4096;
            root {{files}};
            open_file_cache max=10000 inactive=600s;
            open_file_cache_valid 600s;
            open_file_cache_min_uses 1;
          }
        }
        """);
}
