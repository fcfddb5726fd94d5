using System.Runtime.InteropServices;

namespace Skein.Cluster.Consensus;

/// <summary>
/// Threads of the control path. They do little and must do it in time, whatever else the machine is busy with; so each
/// asks Linux for a higher priority, and goes on without one where that is not allowed.
/// </summary>
public static partial class ControlThread
{
    /// <summary>Nice value that is asked for; root may have it, others only where a limit was raised for them.</summary>
    public const int Nice = -10;

    private const int OrdinaryScheduling = 0;
    private const int ResetOnFork = 0x40000000;
    private const int OfThread = 0; // PRIO_PROCESS: on Linux a thread, and 0 the calling one

    /// <summary>Starts a thread that does not keep the process alive.</summary>
    /// <param name="name">What tools show; Linux keeps 15 characters.</param>
    /// <param name="run">What it does; must not throw.</param>
    public static Thread Start(string name, Action run)
    {
        var thread = new Thread(() =>
        {
            Raise();
            run();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return thread;
    }

    private static void Raise()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        // A thread inherits the priority of the one that starts it. A step of the control path may make the thread pool
        // start a worker, which is to be an ordinary one: without this, no priority is raised.
        var none = 0;
        if (SetScheduler(0, OrdinaryScheduling | ResetOnFork, in none) == 0)
        {
            _ = SetPriority(OfThread, 0, Nice);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int parameters);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int nice);
}
