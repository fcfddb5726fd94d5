using Skein.TestKit;

namespace Skein.DataPath.Measuring;

/// <summary>
/// Runs the same load against several servers in turn, again and again: what the machine does beside hits all of them. A
/// run before the first counted one warms each of them up.
/// </summary>
internal sealed class Race(DataPathOptions options, TempFolder folder)
{
    private const int MostLooks = 100;

    /// <summary>Least length of the run that warms up: compilers that watch the program need a while.</summary>
    private const int WarmUpSeconds = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QuietLook = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures; the medians by name.</summary>
    /// <param name="contenders">Who takes part.</param>
    /// <param name="connections">Connections of the client.</param>
    public async Task<Dictionary<string, Figure>> RunAsync(
        IReadOnlyList<Contender> contenders, int connections = Wrk.Connections)
    {
        var runs = contenders.ToDictionary(contender => contender.Name, _ => new List<Figure>());
        for (var repetition = 0; repetition <= options.Repetitions; repetition++)
        {
            foreach (var contender in contenders)
            {
                var seconds = repetition == 0 ? Math.Max(WarmUpSeconds, options.Seconds) : options.Seconds;
                var figure = await MeasureAsync(contender, seconds, connections);
                if (repetition != 0)
                {
                    runs[contender.Name].Add(figure);
                }
            }
        }
        return runs.ToDictionary(run => run.Key, run => Figure.Median(run.Value));
    }

    private async Task<Figure> MeasureAsync(Contender contender, int seconds, int connections)
    {
        var script = folder.WriteFile("load.lua", System.Text.Encoding.UTF8.GetBytes(await contender.Script()));
        await UntilQuietAsync(contender.ProcessId);
        var before = ProcessorTime.Read(contender.ProcessId);
        var wrk = await Wrk.RunAsync(contender.Url, script, seconds, connections);
        var used = ProcessorTime.Read(contender.ProcessId).Since(before);
        await UntilQuietAsync(contender.ProcessId); // what the client has left behind half done is done to its end
        await contender.CleanUp();
        return new Figure(used.TotalMicroseconds / wrk.Requests, wrk.Requests / wrk.Time.TotalSeconds);
    }

    /// <summary>
    /// Waits until a server has little left to do from the run before, but not for ever: what it does for its cluster goes
    /// on all the time, and counts.
    /// </summary>
    private static async Task UntilQuietAsync(int processId)
    {
        var last = ProcessorTime.Read(processId);
        for (var look = 0; look < MostLooks; look++)
        {
            await Task.Delay(Look, TimeProvider.System);
            var now = ProcessorTime.Read(processId);
            if (now.Since(last) < QuietLook)
            {
                return;
            }
            last = now;
        }
    }
}
