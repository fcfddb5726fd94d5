using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>The completion of command lines in a real zsh, on a terminal.</summary>
public sealed class CompletionTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private ProcessCluster _cluster = null!;

    public static bool HasZsh { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "zsh")));

    public async ValueTask InitializeAsync()
    {
        _cluster = await ProcessCluster.StartAsync(1, 1);
        (await _cluster.Http.CreateAsync(_cluster.Url, "photographs")).Succeeded();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Skip = "zsh is not installed", SkipUnless = nameof(HasZsh))]
    public async Task ZshCompletesCommandsOptionsBucketsAndNodes()
    {
        string[][] lines =
        [
            ["skein archive gen", "skein archive gen-shards "],
            ["skein bucket pro", "skein bucket props "],
            ["skein ls --pre", "skein ls --prefix "],
            ["skein ls ais://phot", "skein ls ais://photographs"],
            ["skein show cluster t1-pro", "skein show cluster t1-process "],
            ["skein nosuchcommand zz", "skein nosuchcommand zz"],
        ];
        var run = await ProgramRun.RunAsync(
            "zsh",
            [
                "-f", RepositoryRoot.Combine("test/Skein.SystemTests/zsh-completion.zsh"), "skein", _folder.Path,
                .. lines.Select(line => line[0]),
            ],
            ("PATH", $"{Path.GetDirectoryName(Programs.Skein)}:{Environment.GetEnvironmentVariable("PATH")}"),
            ("HOME", _folder.Path), ("ZDOTDIR", _folder.Path), ("SKEIN_ENDPOINT", _cluster.Url));
        Assert.Equal(
            lines.Select(line => line[1].TrimEnd()),
            run.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.TrimEnd('|').TrimEnd()));
    }
}
