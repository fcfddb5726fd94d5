namespace Skein.Cli.Playground;

/// <summary>What a process does.</summary>
internal enum ProcessCondition
{
    /// <summary>There is no such process, or it is not the node's any more.</summary>
    Gone,

    /// <summary>It runs or waits.</summary>
    Running,

    /// <summary>It was halted by a signal (SIGSTOP) and can be continued.</summary>
    Stopped,
}
