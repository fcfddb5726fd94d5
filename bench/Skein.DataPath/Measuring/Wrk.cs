using System.Globalization;
using System.Text.RegularExpressions;
using Skein.TestKit.Clusters;

namespace Skein.DataPath.Measuring;

/// <summary>One run of <c>wrk</c>.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Time">How long it took.</param>
internal sealed partial record Wrk(long Requests, TimeSpan Time)
{
    /// <summary>Connections, unless a row says something else.</summary>
    public const int Connections = 8;

    /// <summary>Where the client runs: the servers have another core for themselves.</summary>
    private const string ClientCore = "0";

    private const int MostSeconds = 120;

    /// <summary>What every script ends with: the counts on one line.</summary>
    private const string Done = """

        done = function(summary, latency, requests)
          local e = summary.errors
          io.write(string.format("COUNTS %d %d %d %d\n", summary.requests, summary.duration,
            e.status, e.connect + e.read + e.write + e.timeout))
        end
        """;

    /// <summary>A script that asks for some paths in turn, with any method and no body.</summary>
    public static string Cycle(string method, IEnumerable<string> paths) =>
        $$"""
        local paths = { {{string.Join(", ", paths.Select(path => $"\"{path}\""))}} }
        local requests, at = {}, 0
        init = function()
          for i, path in ipairs(paths) do requests[i] = wrk.format("{{method}}", path) end
        end
        request = function()
          at = at % #requests + 1
          return requests[at]
        end
        """ + Done;

    /// <summary>A script that stores an object under a new name with each request.</summary>
    /// <param name="prefix">What comes before the number in the path.</param>
    /// <param name="query">What comes after it.</param>
    /// <param name="size">Bytes of each object.</param>
    public static string Store(string prefix, string query, int size) =>
        $$"""
        local body, at = string.rep("x", {{size.ToString(CultureInfo.InvariantCulture)}}), 0
        request = function()
          at = at + 1
          return wrk.format("PUT", "{{prefix}}" .. at .. "{{query}}", nil, body)
        end
        """ + Done;

    /// <summary>Runs it on the client's core.</summary>
    /// <param name="url">Base URL of the server.</param>
    /// <param name="scriptFile">A file with one of the scripts above.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="connections">Connections.</param>
    /// <exception cref="InvalidOperationException">When not every request succeeded.</exception>
    public static async Task<Wrk> RunAsync(string url, string scriptFile, int seconds, int connections = Connections)
    {
        string[] arguments =
        [
            "-c", ClientCore, "wrk", "-t", "1", "-c", Text(connections), "-d", Text(seconds) + "s", "--timeout", "30s",
            "-s", scriptFile, url,
        ];
        var run = (await ProgramRun.RunAsync(TimeSpan.FromSeconds(MostSeconds), "taskset", arguments)).Succeeded();
        var counts = Counts().Match(run.Output);
        var numbers = counts.Groups.Values.Skip(1)
            .Select(group => long.Parse(group.Value, CultureInfo.InvariantCulture)).ToList();
        return counts.Success && numbers[0] > 0 && numbers[2] == 0 && numbers[3] == 0
            ? new Wrk(numbers[0], TimeSpan.FromMicroseconds(numbers[1]))
            : throw new InvalidOperationException($"wrk against {url}: not all requests succeeded\n{run.Output}\n{run.Error}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^COUNTS (\d+) (\d+) (\d+) (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Counts();
}
