using Microsoft.Playwright;

namespace Skein.ConsoleTests;

/// <summary>The dialogs of the console, and how each is opened.</summary>
public static class ConsoleDialog
{
    // Where it is, the button that opens it, what it shows when it is complete, and the feed if it is not the cluster's.
    private static readonly Dictionary<string, (string View, string Button, string Shows, string? Feed)> Known = new()
    {
        ["join"] = ("#/members", "Join a node", "skeind -role target", null),
        ["maintenance"] = ("#/member/t1-in-test", "Maintenance", "Lost", null),
        ["decommission"] = ("#/member/t1-in-test", "Decommission", "Lost", null),
        ["lead"] = ("#/member/p2-in-test", "Make primary", "Clients notice nothing", null),
        ["force"] = ("#/member/p000-fake", "Force primary", "changes that only p001-fake knows", FakeFeed.Json(FakeFeed.CutOff)),
        ["create-bucket"] = ("#/buckets", "Create bucket", "Create", null),
        ["bucket"] = ("#/buckets", "Properties of ais://photos", "3 objects", null),
        ["object"] = ("#/objects/photos/", "readme.txt", "Lives on", null),
    };

    public static TheoryData<string> All { get; } = [.. Known.Keys];

    /// <summary>Answer of a proxy to the question what a forced recovery would do.</summary>
    public const string ForcePlan =
        """
        {"node":"p000-fake","done":false,"adopts":"1.12.345","last_change":"a bucket was created","stamp":"",
        "nodes":[{"id":"p000-fake","voter":true,"reachable":true,"holds":"1.12.345"},
        {"id":"p001-fake","voter":true,"reachable":false,"holds":""}],
        "losses":["changes that only p001-fake knows"]}
        """;

    /// <summary>Opens a page with a dialog in front.</summary>
    /// <param name="fixture">Cluster and browser.</param>
    /// <param name="dialog">One of <see cref="All"/>.</param>
    /// <param name="width">Width of the window in pixels.</param>
    /// <param name="isDark">True for dark colours.</param>
    public static async Task<ConsolePage> OpenAsync(
        ConsoleFixture fixture, string dialog, int width = 1280, bool isDark = false)
    {
        var (view, button, shows, feed) = Known[dialog];
        var console = await fixture.OpenAsync(view, feed, width, isDark);
        await console.Page.RouteAsync("**/v1/daemon/proxy/p000-fake?*", route => route.FulfillAsync(
            new RouteFulfillOptions { ContentType = "application/json", Body = ForcePlan }));
        await console.Button(button).ClickAsync();
        await Assertions.Expect(console.Page.Locator("dialog")).ToContainTextAsync(shows, new() { Timeout = 15_000 });
        return console;
    }
}
