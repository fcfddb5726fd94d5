using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>A <c>skeind</c> process, which can be killed in every way and started again.</summary>
public sealed partial class ProcessNode : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigContinue = 18;
    private const int SigStop = 19;
    private const int MaxOutput = 1 << 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string _role;
    private readonly StringBuilder _output = new();
    private readonly Lock _lock = new();
    private Process? _process;

    /// <summary>Describes a node; nothing is started.</summary>
    /// <param name="role"><c>proxy</c> or <c>target</c>.</param>
    /// <param name="id">Node id.</param>
    /// <param name="folder">Folder with everything that the node keeps.</param>
    /// <param name="arguments">Further arguments.</param>
    public ProcessNode(string role, string id, string folder, params IReadOnlyList<string> arguments)
    {
        _role = role;
        IsProxy = role == "proxy";
        Id = id;
        Folder = folder;
        Arguments = arguments;
    }

    /// <summary>Arguments beside role, id, folder and address; what is set here counts from the next start.</summary>
    public IReadOnlyList<string> Arguments { get; set; }

    /// <summary>Port at which the process listens; 0 until it has chosen one.</summary>
    public int Port { get; set; }

    /// <summary>Where the process runs; loopback of this machine unless something else is said.</summary>
    public ProcessPlace Place { get; init; } = ProcessPlace.Loopback;

    /// <summary>True for a proxy, false for a target.</summary>
    public bool IsProxy { get; }

    /// <summary>Node id.</summary>
    public string Id { get; }

    /// <summary>Folder with everything that the node keeps.</summary>
    public string Folder { get; }

    /// <summary>Base URL; the same for all networks, and the same after a restart.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Id and URL.</summary>
    public (string Id, string Url) Address => (Id, Url);

    /// <summary>Process id; 0 when the node does not run.</summary>
    public int ProcessId => _process is { HasExited: false } process ? process.Id : 0;

    /// <summary>What the process has printed since its last start, errors too.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentMemory
    {
        get
        {
            var line = File.ReadLines($"/proc/{ProcessId}/status")
                .Single(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var number = line.Split(' ', '\t').First(word => word.All(char.IsAsciiDigit) && word.Length > 0);
            return long.Parse(number, CultureInfo.InvariantCulture)
                * 1024;
        }
    }

    /// <summary>Starts the process, at the port that it had before if there is one.</summary>
    /// <returns>Ends when the node has a URL and answers there, whatever it answers.</returns>
    /// <exception cref="InvalidOperationException">When the process ends instead; with its output.</exception>
    public async Task StartAsync(TestHttp http)
    {
        Launch();
        await Poll.UntilAsync(
            async () =>
            {
                if (_process!.HasExited)
                {
                    await _process.WaitForExitAsync();
                    throw new InvalidOperationException($"{Id} ended with {_process.ExitCode}: {Output}");
                }
                if (PublicUrl().Match(Output) is not { Success: true } match)
                {
                    return $"{Id} has not said where it listens: {Output}";
                }
                Url = match.Groups[1].Value;
                try
                {
                    await http.SendAsync(HttpMethod.Get, Url + "/v1/health");
                    return null;
                }
                catch (HttpRequestException e)
                {
                    return $"{Id} does not answer at {Url}: {e.Message}";
                }
            },
            StartLimit);
        Port = new Uri(Url).Port;
    }

    /// <summary>Kills the process with SIGKILL, as a crash would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Sends SIGKILL and waits for nothing: for killing several at one moment.</summary>
    public void KillNow() => Signal(SigKill);

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Sends SIGSTOP: the process stands still until <see cref="Resume"/>, its sockets stay open.</summary>
    public void Pause() => Signal(SigStop);

    /// <summary>Sends SIGCONT.</summary>
    public void Resume() => Signal(SigContinue);

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>Its exit code and how long it took from now.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> WaitForExitAsync(TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        await _process!.WaitForExitAsync().WaitAsync(limit);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _process = null;
    }

    private void Launch()
    {
        _process?.Dispose();
        lock (_lock)
        {
            _output.Clear();
        }
        var listen = string.Create(CultureInfo.InvariantCulture, $"{Place.Host}:{Port}");
        string[] command =
        [
            .. Place.Command, Programs.Skeind, "-role", _role, "-daemon_id", Id, "-data", Folder, .. Arguments,
            "-listen", listen, .. Place.Arguments,
        ];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Signal(int signal)
    {
        if (ProcessId is > 0 and var id && Kill(id, signal) != 0 && ProcessId != 0)
        {
            throw new InvalidOperationException($"cannot send a signal to {Id}");
        }
    }

    private void Append(string? line)
    {
        lock (_lock)
        {
            if (line is not null && _output.Length < MaxOutput)
            {
                _output.AppendLine(line);
            }
        }
    }

    [GeneratedRegex(@"starts: public (http://[^,\s]+)")]
    private static partial Regex PublicUrl();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
