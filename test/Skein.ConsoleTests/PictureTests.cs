using Microsoft.Playwright;

namespace Skein.ConsoleTests;

/// <summary>
/// For whoever changes the looks: writes pictures of every view and every dialog into the folder that SKEIN_CONSOLE_PICTURES
/// names.
/// </summary>
public sealed class PictureTests(ConsoleFixture fixture) : IClassFixture<ConsoleFixture>
{
    private static readonly (string Suffix, int Width, bool IsDark)[] Screens =
        [("", 1280, false), ("-dark", 1280, true), ("-390", 390, false)];

    [Fact]
    public async Task PicturesOfEveryView()
    {
        var folder = Folder();
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
            foreach (var view in BrowserTests.Views.Select(row => row.Data))
            {
                var shown = feed is null ? view : view.Replace("t1-in-test", "t001-fake", StringComparison.Ordinal);
                foreach (var (suffix, width, isDark) in Screens)
                {
                    await using var console = await fixture.OpenAsync(shown, feed, width, isDark);
                    await CompleteAsync(console, view);
                    var file = $"{name}{shown.Replace('#', '-').Replace("/", "", StringComparison.Ordinal)}{suffix}.png";
                    await TakeAsync(console, Path.Combine(folder, file));
                }
            }
        }
    }

    [Fact]
    public async Task PicturesOfEveryDialog()
    {
        var folder = Folder();
        foreach (var dialog in ConsoleDialog.All.Select(row => row.Data))
        {
            foreach (var (suffix, width, isDark) in Screens)
            {
                await using var console = await ConsoleDialog.OpenAsync(fixture, dialog, width, isDark);
                await TakeAsync(console, Path.Combine(folder, $"dialog-{dialog}{suffix}.png"));
            }
        }
    }

    private static string Folder()
    {
        var folder = Environment.GetEnvironmentVariable("SKEIN_CONSOLE_PICTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SKEIN_CONSOLE_PICTURES names no folder");
        return folder;
    }

    // What is asked for after the page has come: buckets, names and changes.
    private static async Task CompleteAsync(ConsolePage console, string view)
    {
        await console.Page.Locator("main h1").First.WaitForAsync();
        await console.Page.WaitForLoadStateAsync(LoadState.Load);
        var last = view switch
        {
            "#/objects/photos/" => "readme.txt",
            "#/buckets" => "ais://photos",
            "#/timeline" => "Refresh",
            _ => "",
        };
        await console.ShowsAsync(last);
    }

    private static async Task TakeAsync(ConsolePage console, string file)
    {
        await console.Page.ScreenshotAsync(new() { Path = file });
        Assert.True(new FileInfo(file).Length > 0);
    }
}
