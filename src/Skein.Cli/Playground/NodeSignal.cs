namespace Skein.Cli.Playground;

/// <summary>The signals that <c>playground kill</c> sends, with Linux's numbers.</summary>
internal enum NodeSignal
{
    /// <summary>Ends the process at once; nothing is flushed.</summary>
    Kill = 9,

    /// <summary>Asks the process to end in good order.</summary>
    Term = 15,

    /// <summary>Lets a halted process go on.</summary>
    Cont = 18,

    /// <summary>Halts the process.</summary>
    Stop = 19,
}
