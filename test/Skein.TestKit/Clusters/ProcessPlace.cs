namespace Skein.TestKit.Clusters;

/// <summary>Where a process of a test runs.</summary>
/// <param name="Host">Address that it listens at.</param>
/// <param name="Command">Program and arguments that start it there, put before its own; empty for here.</param>
/// <param name="Arguments">What the process has to be told to listen there.</param>
public sealed record ProcessPlace(string Host, IReadOnlyList<string> Command, IReadOnlyList<string> Arguments)
{
    /// <summary>This machine, its loopback address.</summary>
    public static ProcessPlace Loopback { get; } = new("127.0.0.1", [], []);
}
