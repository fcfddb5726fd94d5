using System.Diagnostics;
using System.Globalization;
using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.Failover;

/// <summary>Three members of etcd on loopback, with the timing that it has by default.</summary>
internal sealed class EtcdCluster : IAsyncDisposable
{
    private const int Members = 3;

    /// <summary>A put that went to a leader that died is lost without an answer, so it is not waited for for long.</summary>
    private static readonly TimeSpan PutLimit = TimeSpan.FromMilliseconds(200);

    private readonly TempFolder _folder = new();
    private readonly TestHttp _http = new();
    private readonly TestHttp _impatient = new(PutLimit);
    private readonly Process?[] _processes = new Process?[Members];
    private readonly int[] _ports = FreePorts.Take(Members * 2);

    /// <summary>The program; null when it is not installed.</summary>
    public static string? Program { get; } = Programs.Find("etcd");

    /// <summary>Starts all members and waits for a leader.</summary>
    public async Task StartAsync()
    {
        for (var member = 0; member < Members; member++)
        {
            Launch(member);
        }
        await LeaderAsync();
    }

    /// <summary>Number of the member that all members call the leader.</summary>
    public async Task<int> LeaderAsync()
    {
        var found = await Retry.UntilAsync("etcd has a leader", async _ =>
        {
            var ids = new List<string>();
            var leaders = new HashSet<string>();
            for (var member = 0; member < Members; member++)
            {
                var status = await CallAsync(_http, member, "/v3/maintenance/status", "{}");
                ids.Add(status.Json.GetProperty("header").GetProperty("member_id").GetString()!);
                leaders.Add(status.Json.TryGetProperty("leader", out var leader) ? leader.GetString()! : "none");
            }
            return leaders.Count == 1 && ids.IndexOf(leaders.First()) is >= 0 and var index ? (object)index : null;
        });
        return (int)found;
    }

    /// <summary>Kills a member.</summary>
    public async Task KillAsync(int member)
    {
        if (_processes[member] is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _processes[member] = null;
        }
    }

    /// <summary>Starts a member again and waits until all have one leader.</summary>
    public async Task RestartAsync(int member)
    {
        Launch(member);
        await LeaderAsync();
    }

    /// <summary>Puts a key through one of the members but one, until one acknowledges it.</summary>
    public async Task PutAsync(string key, int but)
    {
        var members = Enumerable.Range(0, Members).Where(member => member != but).ToList();
        var body = $$"""{"key":"{{Base64(key)}}","value":"{{Base64("x")}}"}""";
        await Retry.UntilAsync("a put", async attempt =>
            await CallAsync(_impatient, members[attempt % members.Count], "/v3/kv/put", body));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var member = 0; member < Members; member++)
        {
            await KillAsync(member);
        }
        _http.Dispose();
        _impatient.Dispose();
        _folder.Dispose();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private string Url(int index) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[index]}");

    private async Task<TestReply> CallAsync(TestHttp http, int member, string path, string body) =>
        (await http.SendAsync(HttpMethod.Post, Url(member) + path, Encoding.UTF8.GetBytes(body))).Succeeded();

    private void Launch(int member)
    {
        var peers = string.Join(',', Enumerable.Range(0, Members).Select(other => $"m{other}={Url(Members + other)}"));
        var start = new ProcessStartInfo(
            Program!,
            [
                "--name", $"m{member}", "--data-dir", _folder.Combine($"m{member}"), "--log-level", "error",
                "--listen-client-urls", Url(member), "--advertise-client-urls", Url(member),
                "--listen-peer-urls", Url(Members + member), "--initial-advertise-peer-urls", Url(Members + member),
                "--initial-cluster", peers,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes[member] = process;
    }
}
