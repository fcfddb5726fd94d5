using System.Text.Json.Serialization;
using Skein.Core.Wire;

namespace Skein.Console.Feed;

/// <summary>How the cluster is at one moment: what the console shows without asking for more.</summary>
internal sealed record ConsoleView
{
    /// <summary>Unix milliseconds by the proxy's clock.</summary>
    public long Time { get; init; }

    /// <summary>Proxy that answers.</summary>
    public string Node { get; init; } = "";

    /// <summary>Product version of that proxy.</summary>
    public string Product { get; init; } = "";

    /// <summary>Cluster id; empty outside of a cluster.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>True when a primary is heard and answers, so that changes are possible.</summary>
    public bool Writable { get; init; }

    /// <summary>The one verdict, with its reasons.</summary>
    public Verdict Health { get; init; } = new();

    /// <summary>The control plane, as the primary knows it, or this proxy when there is none.</summary>
    public ControlStatus Control { get; init; } = new();

    /// <summary>All nodes, proxies first.</summary>
    public IReadOnlyList<NodeView> Nodes { get; init; } = [];

    /// <summary>Jobs, those that run first, then by the time of their start, newest first.</summary>
    public IReadOnlyList<JobView> Jobs { get; init; } = [];

    /// <summary>Number of buckets.</summary>
    public int Buckets { get; init; }
}

/// <summary>Is all well?</summary>
internal sealed record Verdict
{
    /// <summary><c>ok</c>, <c>warning</c> or <c>critical</c>.</summary>
    public string Level { get; init; } = "ok";

    /// <summary>What is wrong, worst first; empty when all is well.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Level"><c>warning</c> or <c>critical</c>.</param>
/// <param name="Text">What is wrong, in one sentence.</param>
/// <param name="Fix">What to do about it.</param>
internal sealed record Finding(string Level, string Text, string Fix);

/// <summary>One node. Numbers are -1 when the node did not say.</summary>
internal sealed record NodeView
{
    /// <summary>Id.</summary>
    public string Id { get; init; } = "";

    /// <summary><c>proxy</c> or <c>target</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>Public URL.</summary>
    public string Url { get; init; } = "";

    /// <summary>State by the cluster map, in words.</summary>
    public string State { get; init; } = "";

    /// <summary>True when it answered this time.</summary>
    public bool Answers { get; init; }

    /// <summary>State flags that it raises itself.</summary>
    public ulong Flags { get; init; }

    /// <summary>Percent of one processor.</summary>
    public double Cpu { get; init; } = -1;

    /// <summary>Bytes of memory.</summary>
    public long Memory { get; init; } = -1;

    /// <summary>Seconds since it started.</summary>
    public long Uptime { get; init; } = -1;

    /// <summary>Bytes read a second.</summary>
    public long ReadRate { get; init; }

    /// <summary>Bytes written a second.</summary>
    public long WriteRate { get; init; }

    /// <summary>Requests so far: reads, writes, deletes, listings.</summary>
    public long Requests { get; init; }

    /// <summary>Failed requests so far.</summary>
    public long Errors { get; init; }

    /// <summary>Bytes used on its file systems.</summary>
    public long Used { get; init; }

    /// <summary>Bytes available on its file systems.</summary>
    public long Available { get; init; }

    /// <summary>What is wrong with its capacity; empty for nothing.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Its mountpaths; empty on a proxy.</summary>
    public IReadOnlyList<DiskView> Disks { get; init; } = [];
}

/// <summary>One mountpath.</summary>
/// <param name="Path">Folder.</param>
/// <param name="Used">Bytes used on its file system.</param>
/// <param name="Available">Bytes available.</param>
/// <param name="Busy">Percent of the time in which its disk was busy; -1 when not known.</param>
/// <param name="State"><c>available</c>, <c>waiting</c> while its objects leave it, or <c>disabled</c>.</param>
internal sealed record DiskView(string Path, long Used, long Available, long Busy, string State = "available");

/// <summary>One job on all targets together.</summary>
internal sealed record JobView
{
    /// <summary>Id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Kind.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Bucket that it works on; empty for none.</summary>
    public string Bucket { get; init; } = "";

    /// <summary><c>running</c>, <c>finished</c> or <c>aborted</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>When it began, Unix milliseconds; 0 when not known.</summary>
    public long Started { get; init; }

    /// <summary>When it ended, Unix milliseconds; 0 while it runs.</summary>
    public long Ended { get; init; }

    /// <summary>Objects that it has dealt with.</summary>
    public long Objects { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Targets that take part, and how many of them are done.</summary>
    public int Targets { get; init; }

    /// <summary>Targets that are done.</summary>
    public int Done { get; init; }

    /// <summary>What went wrong; empty for nothing.</summary>
    public string Error { get; init; } = "";
}

/// <summary>Writes the view.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ConsoleView))]
internal sealed partial class ConsoleJsonContext : JsonSerializerContext;
