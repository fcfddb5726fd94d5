using System.Diagnostics;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>A real small file system that is really full. Needs the right to mount; skipped without it.</summary>
public sealed class FullDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_recovers_by_deletes()
    {
        await using var fixture = new StoreFixture(1);
        fixture.Options = fixture.Options with { IndexRetryDelay = TimeSpan.FromMilliseconds(20) };
        var mountpath = fixture.Paths[0].Path;
        Directory.CreateDirectory(mountpath);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=12m", "skein-test", mountpath), "cannot mount");
        try
        {
            await CheckAsync(fixture);
        }
        finally
        {
            Run("umount", "-l", mountpath);
        }
    }

    private static async Task CheckAsync(StoreFixture fixture)
    {
        var bucket = StoreFixture.Bucket();
        try
        {
            await fixture.StartAsync();
        }
        catch (StoreException e) when (e.Message.Contains("extended attributes", StringComparison.Ordinal))
        {
            Assert.Skip("tmpfs of this kernel keeps no user attributes");
        }
        var content = new byte[300_000];
        var stored = new List<string>();
        StoreException? full = null;
        for (var i = 0; full is null; i++)
        {
            Assert.True(i < 100);
            try
            {
                await fixture.PutAsync(bucket, $"o{i:d3}", content);
                stored.Add($"o{i:d3}");
            }
            catch (StoreException e)
            {
                full = e;
            }
        }
        Assert.Equal(StoreErrorCode.OutOfSpace, full.Code);
        Assert.Contains(fixture.Paths[0].Path, full.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(fixture.Paths[0].Path + "/filler", new byte[100], Cancel);
        await FillAsync(fixture.Paths[0].Path + "/filler");

        await fixture.KillAsync();
        await fixture.StartAsync(waitForIndex: false);
        Assert.NotNull(await fixture.GetAsync(bucket, stored[0]));
        foreach (var name in stored.Take(5).ToArray())
        {
            Assert.True(await fixture.Store.DeleteAsync(bucket, name, Cancel));
            stored.Remove(name);
        }
        await fixture.PutAsync(bucket, "after", content);
        stored.Insert(0, "after");
        await fixture.Store.ListingReady.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(stored, await fixture.NamesAsync(bucket));
        await fixture.StopAsync();
        await fixture.StartAsync();
        Assert.Equal(stored, await fixture.NamesAsync(bucket));
        await fixture.StopAsync();
    }

    /// <summary>Appends until not one byte more fits.</summary>
    private static async Task FillAsync(string path)
    {
        foreach (var step in (int[])[65536, 4096, 1])
        {
            try
            {
                while (true)
                {
                    await File.AppendAllBytesAsync(path, new byte[step], Cancel);
                }
            }
            catch (IOException)
            {
                // as full as this step can make it
            }
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
