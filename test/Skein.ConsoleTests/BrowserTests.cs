using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Skein.TestKit;

namespace Skein.ConsoleTests;

/// <summary>The console in a browser, against a cluster and against feeds that are made up.</summary>
public sealed class BrowserTests(ConsoleFixture fixture) : IClassFixture<ConsoleFixture>
{
    private const string Nasty = "<img src=x onerror=alert(1)>&\"'.txt";

    public static TheoryData<string> Views { get; } = new(
        "#/", "#/members", "#/member/t1-in-test", "#/jobs", "#/buckets", "#/objects/photos/", "#/timeline");

    [Fact]
    public async Task EveryViewCanBeReachedByClicks()
    {
        await using var console = await fixture.OpenAsync("");
        await console.ShowsAsync("All is well");
        await console.ShowsAsync("2 targets");
        await console.Link("Members").ClickAsync();
        await console.ShowsAsync("p1-in-test");
        await console.Link("t1-in-test").ClickAsync();
        await console.ShowsAsync("takes writes");
        await console.ShowsAsync("/mp1");
        await console.Link("Jobs").ClickAsync();
        await console.ShowsAsync("Every object lies where the cluster map says");
        await console.Link("Timeline").ClickAsync();
        await console.Button("Refresh").WaitForAsync();
        await console.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Changes of version") }).First.ClickAsync();
        await console.ShowsAsync("Before");
        await console.Link("Buckets").ClickAsync();
        await console.Link("ais://photos").ClickAsync();
        await console.Link("2024/").ClickAsync();
        await console.ShowsAsync("cat.jpg");
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task AnObjectIsStoredLookedAtReadAndDeletedWhateverItsName()
    {
        await using var console = await fixture.OpenAsync("#/objects/photos/");
        await console.ShowsAsync("readme.txt");
        await console.Page.GetByLabel("Files to upload").SetInputFilesAsync(
            new FilePayload { Name = Nasty, MimeType = "text/plain", Buffer = "content"u8.ToArray() });
        await console.Button(Nasty).ClickAsync();
        await console.ShowsAsync("Lives on");
        await console.ShowsAsync("t[");
        var download = await console.Page.RunAndWaitForDownloadAsync(
            () => console.Page.Locator("dialog").GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        Assert.Equal("content", await File.ReadAllTextAsync(
            await download.PathAsync(), Encoding.UTF8, TestContext.Current.CancellationToken));
        await console.Button("Delete").ClickAsync();
        await console.Button("Delete for good?").ClickAsync();
        await Assertions.Expect(console.Button(Nasty)).ToHaveCountAsync(0);
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task ABucketIsMadeChangedAndDestroyed()
    {
        await using var console = await fixture.OpenAsync("#/buckets");
        await console.Button("Create bucket").ClickAsync();
        await console.Page.Locator("dialog input").FillAsync("made-here");
        await console.Button("Create").ClickAsync();
        await console.Button("Properties of ais://made-here").ClickAsync();
        await console.ShowsAsync("0 objects");
        await console.Page.GetByText("Change properties").ClickAsync();
        await console.Page.GetByLabel("Properties to change, in JSON").FillAsync("{\"versioning\":{\"enabled\":false}}");
        await console.Button("Set").ClickAsync();
        await console.ShowsAsync("The properties are set");
        await console.Button("Properties of ais://made-here").ClickAsync();
        await console.Page.GetByText("Destroy the bucket").ClickAsync();
        Assert.True(await console.Button("Destroy").IsDisabledAsync());
        await console.Page.GetByLabel("Name of the bucket").FillAsync("made-here");
        await console.Button("Destroy").ClickAsync();
        await Assertions.Expect(console.Link("ais://made-here")).ToHaveCountAsync(0);
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task APlanIsShownBeforeANodeLeavesService()
    {
        await using var console = await fixture.OpenAsync("#/member/t2-in-test");
        await console.Button("Decommission").ClickAsync();
        await console.ShowsAsync("Moves");
        await console.ShowsAsync("nothing");
        await console.Button("Cancel").ClickAsync();
        await console.Button("Maintenance").ClickAsync();
        await console.Page.GetByLabel("Leave the data where it is").CheckAsync();
        await console.Button("Take into maintenance").ClickAsync();
        await console.Button("Bring back").ClickAsync();
        await console.Button("Maintenance").WaitForAsync();
        await fixture.Cluster.SettleAsync();
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task WithoutAMajorityNothingCanBeChanged()
    {
        await using var console = await fixture.OpenAsync("#/member/t001-fake", FakeFeed.Json(FakeFeed.CutOff));
        await console.ShowsAsync("No majority on this side");
        foreach (var name in (string[])["Maintenance", "Shut down", "Decommission"])
        {
            await Assertions.Expect(console.Button(name)).ToBeDisabledAsync();
        }
        await console.Link("Jobs").ClickAsync();
        await Assertions.Expect(console.Button("Start rebalance")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task ACommandThatJoinsANodeIsShownAndANodeThatStandsByIsFetched()
    {
        await using var console = await fixture.OpenAsync("#/members");
        await console.Button("Join a node").ClickAsync();
        await console.ShowsAsync($"skeind -role target -data /var/lib/skein -discovery-url {fixture.Cluster.Url}");
        await console.Page.GetByLabel("Role of the new node").SelectOptionAsync("proxy");
        await console.ShowsAsync($"skeind -role proxy -data /var/lib/skein -discovery-url {fixture.Cluster.Url}");
        await console.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Copy: skeind -role proxy") }).ClickAsync();
        await console.Page.GetByText(new System.Text.RegularExpressions.Regex("^(Copied|Marked)")).WaitForAsync();
        await Assertions.Expect(console.Button("Bring in")).ToBeDisabledAsync();
        var sent = "";
        await console.Page.RouteAsync("**/v1/cluster/join-by-admin", route =>
        {
            sent = route.Request.PostData ?? "";
            return route.FulfillAsync(new RouteFulfillOptions
            {
                ContentType = "application/json",
                Body = """{"daemon_id":"new-node"}""",
            });
        });
        await console.Page.GetByLabel("Address of the node that stands by").FillAsync("10.0.0.7:8081");
        await console.Button("Bring in").ClickAsync();
        await console.ShowsAsync("new-node has joined the cluster");
        Assert.Contains("\"direct_url\":\"http://10.0.0.7:8081\"", sent, StringComparison.Ordinal);
        Assert.Contains("\"daemon_type\":\"proxy\"", sent, StringComparison.Ordinal);
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task ForcingAPrimaryShowsTheLossAndWantsTheNameTyped()
    {
        await using var console = await fixture.OpenAsync("#/member/p000-fake", FakeFeed.Json(FakeFeed.CutOff));
        var calls = new List<string>();
        await console.Page.RouteAsync("**/v1/daemon/proxy/p000-fake?*", route =>
        {
            calls.Add(new Uri(route.Request.Url).Query);
            return route.FulfillAsync(new RouteFulfillOptions
            {
                ContentType = "application/json",
                Body = ConsoleDialog.ForcePlan,
            });
        });
        await console.Button("Force primary").ClickAsync();
        await console.ShowsAsync("changes that only p001-fake knows");
        await console.ShowsAsync("a bucket was created");
        Assert.Equal(["?frc=true"], calls);
        await console.Page.GetByLabel("Type p000-fake to confirm").FillAsync("p000");
        await Assertions.Expect(console.Button("Force it")).ToBeDisabledAsync();
        await console.Page.GetByLabel("Type p000-fake to confirm").FillAsync("p000-fake");
        await console.Button("Force it").ClickAsync();
        await console.ShowsAsync("p000-fake leads");
        Assert.Equal(["?frc=true", "?frc=true&accept_loss=true"], calls);
        await console.Page.GotoAsync(fixture.Url + "#/member/p001-fake");
        await Assertions.Expect(console.Button("Force primary")).ToHaveCountAsync(0);
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task MountpathsOutOfServiceAreShown()
    {
        await using var console = await fixture.OpenAsync("#/member/t001-fake", FakeFeed.Json(FakeFeed.Degraded));
        await console.ShowsAsync("/data/disk3");
        await console.ShowsAsync("out of service");
        await console.ShowsAsync("leaving");
        await console.ShowsAsync("in service");
    }

    [Fact]
    public async Task ManyNodesAndManyObjectsAreFewElements()
    {
        await using var console = await fixture.OpenAsync("#/members", FakeFeed.Json(FakeFeed.Large));
        await console.ShowsAsync("200 nodes");
        Assert.InRange(await console.Page.Locator(".row").CountAsync(), 5, 60);
        await console.Page.GetByRole(AriaRole.Region, new() { Name = "Members" })
            .EvaluateAsync("box => { box.scrollTop = box.scrollHeight }");
        await console.ShowsAsync("t179-fake");
        var names = Enumerable.Range(0, 100_000).Select(i => $"{{\"name\":\"o-{i:000000}\",\"size\":\"7\"}}");
        await console.Page.RouteAsync("**/v1/buckets/huge?*", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "application/json",
            Body = $"{{\"entries\":[{string.Join(',', names)}],\"continuation_token\":\"\"}}",
        }));
        await console.Page.GotoAsync(fixture.Url + "#/objects/huge/");
        await console.ShowsAsync("100,000 entries");
        await console.Page.GetByRole(AriaRole.Region, new() { Name = "Objects" })
            .EvaluateAsync("box => { box.scrollTop = box.scrollHeight }");
        await console.ShowsAsync("o-099999");
        Assert.InRange(await console.Page.Locator(".row").CountAsync(), 5, 60);
    }

    [Fact]
    public async Task KeysLeadThroughTheViews()
    {
        await using var console = await fixture.OpenAsync("#/");
        await console.Page.Keyboard.PressAsync("g");
        await console.Page.Keyboard.PressAsync("m");
        await console.Page.GetByLabel("Find a node").WaitForAsync();
        await console.Page.Keyboard.PressAsync("/");
        await console.Page.Keyboard.TypeAsync("p2-in");
        await Assertions.Expect(console.Page.Locator(".row")).ToHaveCountAsync(1);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task NoBarriersAreFound(string view)
    {
        foreach (var isDark in (bool[])[false, true])
        {
            await using var console = await fixture.OpenAsync(view, isDark: isDark);
            await console.Page.Locator("main h1").First.WaitForAsync();
            Assert.Empty(await BarriersAsync(console));
        }
    }

    [Theory]
    [MemberData(nameof(ConsoleDialog.All), MemberType = typeof(ConsoleDialog))]
    public async Task NoBarriersAreFoundInDialogs(string dialog)
    {
        foreach (var isDark in (bool[])[false, true])
        {
            await using var console = await ConsoleDialog.OpenAsync(fixture, dialog, isDark: isDark);
            Assert.Empty(await BarriersAsync(console));
        }
    }

    [Theory]
    [MemberData(nameof(ConsoleDialog.All), MemberType = typeof(ConsoleDialog))]
    public async Task NoDialogSticksOutOfASmallScreen(string dialog)
    {
        await using var console = await ConsoleDialog.OpenAsync(fixture, dialog, width: 390);
        Assert.True(await console.Page.Locator("dialog").EvaluateAsync<bool>("box => box.scrollWidth <= box.clientWidth"));
    }

    private static async Task<IEnumerable<string>> BarriersAsync(ConsolePage console) =>
        (await console.Page.RunAxe()).Violations.Where(one => one.Impact is "serious" or "critical")
            .SelectMany(one => one.Nodes.Select(node => $"{one.Id}: {node.Html}"));

    [Theory]
    [MemberData(nameof(Views))]
    public async Task NothingSticksOutOfASmallScreen(string view)
    {
        await using var console = await fixture.OpenAsync(view, width: 390);
        await console.Page.Locator("main h1").First.WaitForAsync();
        Assert.True(await console.Page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    }
}
