using System.Text.RegularExpressions;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>The Debian package of the programs that were built.</summary>
public sealed partial class PackageTests : IDisposable
{
    /// <summary>A clean Debian is made for it, from packages that may have to be fetched.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ItIsInstalledUsedUpgradedAndRemovedInACleanSystem()
    {
        if (WhyNot() is { } reason)
        {
            Console.Error.WriteLine("The Debian package is not tried: " + reason);
            Assert.Skip(reason);
        }
        var made = (await ProgramRun.RunAsync(
            Limit,
            RepositoryRoot.Combine("deploy/package/make.sh"),
            [Path.GetDirectoryName(Programs.Skeind)!, Path.GetDirectoryName(Programs.Skein)!, _folder.Path],
            ("SKEIN_PACKAGE_QUICK", "1"))).Succeeded();
        var package = Assert.Single(made.Output.Split('\n'), line => line.EndsWith(".deb", StringComparison.Ordinal));
        Assert.Contains(made.Output.Split('\n'), line => line.EndsWith(".tar.gz", StringComparison.Ordinal));
        var content = (await ProgramRun.RunAsync("dpkg-deb", ["-c", package])).Succeeded().Output;
        Assert.DoesNotMatch(ForDevelopers(), content);

        var tried = await ProgramRun.RunAsync(
            Limit,
            RepositoryRoot.Combine("deploy/package/clean-root.sh"),
            [package, RepositoryRoot.Combine("artifacts/clean-root.tar")]);
        Assert.True(tried.ExitCode == 0, tried.Output + tried.Error);
        Assert.Contains("\n== all of it works\n", tried.Output, StringComparison.Ordinal);
    }

    private static string? WhyNot() =>
        !Environment.IsPrivilegedProcess ? "only root makes a clean system"
        : !Programs.IsPublished ? "the programs were not published: run ./dev build"
        : new[] { "debootstrap", "dpkg-deb", "unshare" }.FirstOrDefault(name => !Has(name)) is { } missing
            ? $"{missing} is not installed"
            : null;

    private static bool Has(string program) =>
        new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin" }.Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Debugging symbols and documentation of the code.</summary>
    [GeneratedRegex(@"\.(pdb|dbg)\n|Skein\.\w+\.xml")]
    private static partial Regex ForDevelopers();
}
