using System.Globalization;
using System.Text.Json;
using Skein.Console.Feed;
using Skein.Core.Wire;

namespace Skein.ConsoleTests;

/// <summary>Views of clusters that no test can start: large ones, and those in trouble.</summary>
internal static class FakeFeed
{
    private const long Gib = 1L << 30;

    public static string Json(ConsoleView view) => JsonSerializer.Serialize(view, ConsoleJsonContext.Default.ConsoleView);

    /// <summary>A cluster without a target, just made.</summary>
    public static ConsoleView Empty { get; } = Judged(Cluster(1, 0) with { Jobs = [], Buckets = 0 });

    /// <summary>200 nodes and 100 jobs.</summary>
    public static ConsoleView Large { get; } = Judged(Cluster(20, 180));

    /// <summary>A proxy on a side without a majority.</summary>
    public static ConsoleView CutOff { get; } = Judged(Cluster(3, 3, "down") with
    {
        Writable = false,
        Control = Plane(3, 3) with { Primary = "", IsFromPrimary = false, QuorumAge = -1 },
    });

    /// <summary>One target down, one full, one in maintenance.</summary>
    public static ConsoleView Degraded { get; } = Judged(Cluster(3, 5, "down", "online", "maintenance") with
    {
        Control = Plane(3, 5) with
        {
            Alerts = ["p002-fake flaps: 4 times down within 10 minutes"],
            Rebalance = new ControlRebalance { Id = "g7", State = "running", NotClean = ["t001-fake", "t004-fake"] },
        },
    });

    public static ConsoleView Judged(ConsoleView view) => view with { Health = HealthVerdict.Judge(view) };

    public static ConsoleView Cluster(int proxies, int targets, params string[] states) => new()
    {
        Time = 1_790_000_000_000,
        Node = "p000-fake",
        Product = "0.1.0",
        Cluster = "fake-cluster",
        Writable = true,
        Control = Plane(proxies, targets),
        Nodes =
        [
            .. Enumerable.Range(0, proxies).Select(i => Node("proxy", i, "online")),
            .. Enumerable.Range(0, targets).Select(i => Node("target", i, i < states.Length ? states[i] : "online")),
        ],
        Jobs = [.. Enumerable.Range(0, 100).Select(Job)],
        Buckets = 12,
    };

    private static ControlStatus Plane(int proxies, int targets) => new()
    {
        Node = "p000-fake",
        Uuid = "fake-cluster",
        IsFromPrimary = true,
        Primary = "p000-fake",
        Term = 12,
        Version = 345,
        Stamp = "0.12.345",
        QuorumAge = 80,
        Voters = [.. Enumerable.Range(0, Math.Min(5, proxies)).Select(i => new ControlVoter { Id = Id("proxy", i) })],
        Nodes =
        [
            .. Enumerable.Range(0, proxies).Select(i =>
                new ControlNode { Id = Id("proxy", i), State = "online", LastHeard = 90 }),
            .. Enumerable.Range(0, targets).Select(i =>
                new ControlNode { Id = Id("target", i), State = "online", LastHeard = 200, Lease = 4200 }),
        ],
        Rebalance = new ControlRebalance { State = "none", IsSettled = true },
    };

    private static NodeView Node(string role, int number, string state) => new()
    {
        Id = Id(role, number),
        Role = role,
        Url = string.Create(CultureInfo.InvariantCulture, $"http://10.0.0.{number}:8080"),
        State = state,
        Answers = state != "down",
        Flags = state == "online" && number == 1 && role == "target" ? NodeStateInfo.LowCapacity : 0,
        Cpu = 12.5,
        Memory = 180 << 20,
        Uptime = 90_000,
        ReadRate = role == "target" ? 34L << 20 : 0,
        WriteRate = role == "target" ? 5L << 20 : 0,
        Requests = 123_456,
        Errors = 7,
        Used = role == "target" ? (300 + (number * 3 % 600)) * Gib : 0,
        Available = role == "target" ? 700 * Gib : 0,
        Disks = role == "target"
            ?
            [
                new DiskView("/data/disk1", 300 * Gib, 700 * Gib, 12),
                new DiskView("/data/disk2", 900 * Gib, 40 * Gib, 88, number == 1 ? "waiting" : "available"),
                .. number == 1 ? (DiskView[])[new DiskView("/data/disk3", 0, 0, -1, "disabled")] : [],
            ]
            : [],
    };

    private static JobView Job(int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"job-{number:000}"),
        Kind = number % 3 == 0 ? "rebalance" : "copy-bck",
        Bucket = number % 3 == 0 ? "" : "photos",
        State = number < 2 ? "running" : number % 7 == 0 ? "aborted" : "finished",
        Started = 1_789_999_000_000 - (number * 60_000L),
        Ended = number < 2 ? 0 : 1_789_999_030_000 - (number * 60_000L),
        Objects = 1000 * number,
        Bytes = 1_000_000L * number,
        Targets = 3,
        Done = number < 2 ? 1 : 3,
    };

    private static string Id(string role, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{role[0]}{number:000}-fake");
}
