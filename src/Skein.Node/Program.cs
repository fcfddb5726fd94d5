using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Node.CommandLine;
using Skein.Node.Lifecycle;
using Skein.Node.Telemetry;

// Requests wait for disks on pool threads: do not ration them to the number of processors.
ThreadPool.SetMinThreads(32, 32);
try
{
    var options = NodeOptionsParser.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(NodeHelp.Text());
        return 0;
    }
    if (options.ShowVersion)
    {
        Console.WriteLine($"skeind {NodeFacts.Version}");
        return 0;
    }
    var startup = NodeStartupLoader.Load(options, NodeEnvironment.Read());
    using var logs = LoggingSetup.Create(startup, TimeProvider.System);
    return await NodeRunner.RunAsync(startup, TimeProvider.System, logs).ConfigureAwait(false);
}
catch (Exception e) when (e is StartupException or StoreException)
{
    await Console.Error.WriteLineAsync($"skeind: {e.Message}").ConfigureAwait(false);
    return 1;
}
