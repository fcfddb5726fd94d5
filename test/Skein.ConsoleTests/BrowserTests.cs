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

    private static readonly (string Suffix, int Width, bool IsDark)[] Screens =
        [("", 1280, false), ("-dark", 1280, true), ("-390", 390, false)];

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
            var result = await console.Page.RunAxe();
            var found = result.Violations.Where(one => one.Impact is "serious" or "critical")
                .SelectMany(one => one.Nodes.Select(node => $"{(isDark ? "dark" : "light")}: {one.Id}: {node.Html}"));
            Assert.Empty(found);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task NothingSticksOutOfASmallScreen(string view)
    {
        await using var console = await fixture.OpenAsync(view, width: 390);
        await console.Page.Locator("main h1").First.WaitForAsync();
        Assert.True(await console.Page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    }

    /// <summary>For whoever changes the looks: writes pictures of every view into a folder.</summary>
    [Fact]
    public async Task PicturesOfEveryView()
    {
        var folder = Environment.GetEnvironmentVariable("SKEIN_CONSOLE_PICTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SKEIN_CONSOLE_PICTURES names no folder");
        var feeds = new Dictionary<string, string?>
        {
            ["small"] = null,
            ["empty"] = FakeFeed.Json(FakeFeed.Empty),
            ["large"] = FakeFeed.Json(FakeFeed.Large),
            ["degraded"] = FakeFeed.Json(FakeFeed.Degraded),
            ["cutoff"] = FakeFeed.Json(FakeFeed.CutOff),
        };
        foreach (var (name, feed) in feeds)
        {
            foreach (var view in Views.Select(row => row.Data))
            {
                var shown = feed is null ? view : view.Replace("t1-in-test", "t001-fake", StringComparison.Ordinal);
                foreach (var (suffix, width, isDark) in Screens)
                {
                    await using var console = await fixture.OpenAsync(shown, feed, width, isDark);
                    await console.Page.Locator("main h1").First.WaitForAsync();
                    await console.Page.WaitForLoadStateAsync(LoadState.Load);
                    var file = $"{name}{shown.Replace('#', '-').Replace("/", "", StringComparison.Ordinal)}{suffix}.png";
                    await console.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, file) });
                    Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 0);
                }
            }
        }
    }
}
