using Microsoft.Playwright;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ConsoleTests;

/// <summary>One cluster and one browser for the tests of a class: Debian's chromium, without a window.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The cluster: 3 proxies, 2 targets with 2 mountpaths each, and a bucket with some objects.</summary>
    public InProcessCluster Cluster { get; private set; } = null!;

    /// <summary>Where the console is.</summary>
    public string Url => Cluster.Url + "/console";

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
        {
            return;
        }
        Cluster = await InProcessCluster.StartAsync(3, 2, 2);
        (await Cluster.Http.CreateAsync(Cluster.Url, "photos")).Succeeded();
        foreach (var name in (string[])["2024/cat.jpg", "2024/dog.jpg", "readme.txt"])
        {
            (await Cluster.Http.PutAsync(Cluster.Url, $"photos/{name}", "12345"u8.ToArray())).Succeeded();
        }
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
    }

    /// <summary>Opens a page; skips the test where there is no browser.</summary>
    /// <param name="hash">Where in the console, as in <c>#/members</c>.</param>
    /// <param name="feed">What the feed says instead of the cluster; null for the real one.</param>
    /// <param name="width">Width of the window in pixels.</param>
    /// <param name="isDark">True for dark colours.</param>
    public async Task<ConsolePage> OpenAsync(string hash, string? feed = null, int width = 1280, bool isDark = false)
    {
        Assert.SkipWhen(_browser is null, $"{Program} (the Debian package chromium) is not installed");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            AcceptDownloads = true,
        });
        var page = await context.NewPageAsync();
        if (feed is not null)
        {
            await page.RouteAsync("**/v1/console/events", route => route.FulfillAsync(new RouteFulfillOptions
            {
                ContentType = "text/event-stream",
                Body = $"retry: 100\ndata: {feed}\n\n",
            }));
        }
        var opened = new ConsolePage(page, context);
        await page.GotoAsync(Url + hash);
        await Assertions.Expect(page.Locator("#verdict")).Not.ToHaveTextAsync("Connecting…", new() { Timeout = 15_000 });
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }
    }
}
