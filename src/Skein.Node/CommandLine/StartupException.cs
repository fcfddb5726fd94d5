namespace Skein.Node.CommandLine;

/// <summary>The node cannot start for a reason that the person who starts it should read.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
