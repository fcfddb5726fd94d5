using Microsoft.Playwright;

namespace Skein.ConsoleTests;

/// <summary>An open page, with what the browser complained about.</summary>
public sealed class ConsolePage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public ConsolePage(IPage page, IBrowserContext context)
    {
        Page = page;
        _context = context;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            // A status that the API is expected to answer is reported by the browser, too.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _complaints.Add(message.Text);
            }
        };
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Add($"a script opened a dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts, and what the content security policy has refused.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Waits until the page shows a text.</summary>
    public Task ShowsAsync(string text) =>
        Assertions.Expect(Page.Locator("body")).ToContainTextAsync(text, new() { Timeout = 15_000 });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
