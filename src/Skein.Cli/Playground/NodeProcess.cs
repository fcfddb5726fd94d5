using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Skein.Cli.Playground;

/// <summary>Starts, finds and signals the processes of nodes. Linux only.</summary>
internal static partial class NodeProcess
{
    // The shell opens the log and then becomes setsid and then the node, so that the process id stays the same.
    // setsid forks only when it leads a process group, which a child of ours never does.
    private const string Launcher = "log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null";
    private const int NoSuchProcess = 3;

    /// <summary>Starts a node in a session of its own, so that it survives this process and its terminal.</summary>
    /// <param name="node">The node.</param>
    /// <param name="command">The command line to run.</param>
    /// <returns>The process id, which is the node's own.</returns>
    /// <exception cref="PlaygroundException">When no process could be made.</exception>
    public static int Start(PlaygroundNode node, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = node.Directory, UseShellExecute = false };
        foreach (var argument in (string[])["-c", Launcher, "skein-playground", node.Log, .. command])
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            using var process = Process.Start(start)
                ?? throw new PlaygroundException($"cannot start {node.Id}: no process was made");
            return process.Id;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PlaygroundException($"cannot start {node.Id}: {e.Message}");
        }
    }

    /// <summary>What the process does that was last known as the node's.</summary>
    /// <remarks>
    /// A process id that the system has given to another process counts as gone. For a moment while a process turns
    /// from the launcher into the node it shows no command line; it counts as the node's then.
    /// </remarks>
    public static ProcessCondition Inspect(PlaygroundNode node) =>
        node.Pid > 0
            ? Inspect(node.Pid, arguments => arguments.Length == 0 || arguments.Contains(node.IdentityArgument))
            : ProcessCondition.Gone;

    private static ProcessCondition Inspect(int pid, Func<string[], bool> isNode)
    {
        try
        {
            var folder = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
            var stat = File.ReadAllText(folder + "/stat");
            var state = stat[(stat.LastIndexOf(')') + 2)..][0];
            if (state is 'Z' or 'X' or 'x')
            {
                return ProcessCondition.Gone;
            }
            return !isNode(Arguments(folder))
                ? ProcessCondition.Gone
                : state is 'T' or 't' ? ProcessCondition.Stopped : ProcessCondition.Running;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or IndexOutOfRangeException)
        {
            return ProcessCondition.Gone;
        }
    }

    /// <summary>Looks through all processes for that of a node; 0 when there is none.</summary>
    public static int Find(PlaygroundNode node)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Inspect(pid, arguments => arguments.Contains(node.IdentityArgument)) != ProcessCondition.Gone)
            {
                return pid;
            }
        }
        return 0;
    }

    /// <summary>Resident memory in bytes; 0 when the process is gone.</summary>
    public static long ResidentMemory(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/statm");
            var pages = long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture);
            return pages * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException
            or IndexOutOfRangeException)
        {
            return 0;
        }
    }

    /// <summary>Sends a signal to the node's process, after making sure that it still is the node's.</summary>
    /// <returns>False when the process is gone.</returns>
    /// <exception cref="PlaygroundException">When the system refuses.</exception>
    public static bool Signal(PlaygroundNode node, NodeSignal signal)
    {
        if (Inspect(node) == ProcessCondition.Gone)
        {
            return false;
        }
        if (Kill(node.Pid, (int)signal) == 0)
        {
            return true;
        }
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess
            ? false
            : throw new PlaygroundException(
                $"cannot send {signal} to {node.Id} (process {node.Pid}): {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static string[] Arguments(string folder) => Encoding.UTF8
        .GetString(File.ReadAllBytes(folder + "/cmdline"))
        .Split('\0', StringSplitOptions.RemoveEmptyEntries);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
