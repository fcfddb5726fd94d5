using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Servers;
using Skein.TestKit;

namespace Skein.DataPath.Rows;

/// <summary>The servers that are compared, with the same files, all running on one core.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private const string ReadBucket = "get";
    private const int ManyObjects = 16;
    private const int FewObjects = 4;

    private readonly TempFolder _folder = new();

    private Scene(SkeinSite skein) => Skein = skein;

    /// <summary>Proxy and target of Skein.</summary>
    public SkeinSite Skein { get; }

    /// <summary>nginx; null when it is not installed.</summary>
    public Nginx? Nginx { get; private set; }

    /// <summary>The file server in Go; null when Go is not installed.</summary>
    public GoServer? Go { get; private set; }

    /// <summary>Folder for the files of the run.</summary>
    public TempFolder Folder => _folder;

    /// <summary>Paths of the stored objects at the target, by size.</summary>
    public Dictionary<int, IReadOnlyList<string>> Targets { get; } = [];

    /// <summary>Where the other servers keep what is put.</summary>
    public string PutFolder => _folder.Combine("put-files");

    /// <summary>Starts everything, and stores what is read.</summary>
    public static async Task<Scene> StartAsync(Report report)
    {
        report.Say("starting the servers");
        var scene = new Scene(await SkeinSite.StartAsync(place: Cores.OfServers));
        try
        {
            await scene.FillAsync(report);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Names of the objects of a size, as Skein and the other servers know them.</summary>
    public static IEnumerable<string> Names(int size) =>
        Enumerable.Range(0, Count(size)).Select(i => FormattableString.Invariant($"{Prefix(size)}{i}"));

    /// <summary>Path of an object at a proxy.</summary>
    public static string ObjectPath(string name) => $"/v1/objects/{ReadBucket}/{name}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Go is not null)
        {
            await Go.DisposeAsync();
        }
        if (Nginx is not null)
        {
            await Nginx.DisposeAsync();
        }
        await Skein.DisposeAsync();
        _folder.Dispose();
    }

    private static string Prefix(int size) => FormattableString.Invariant($"of-{size}-");

    private static int Count(int size) => size > Sizes.Mebibyte ? FewObjects : ManyObjects;

    private async Task FillAsync(Report report)
    {
        await Skein.CreateBucketAsync(ReadBucket, "page-cache");
        foreach (var size in Sizes.All)
        {
            Targets[size] = await Skein.StoreAsync(ReadBucket, Prefix(size), Count(size), size);
        }
        var files = Skein.ObjectFolder(ReadBucket);
        var location = Skein.Target.Url + Targets[Sizes.All[0]][0];
        _folder.CreateFolder("put-files/put");
        if (Nginx.Program is null)
        {
            report.Note("nginx is not installed (Debian package nginx-light): there is nothing to compare with");
        }
        else
        {
            Nginx = await Nginx.StartAsync(_folder, files, PutFolder, location);
            report.Note(await Nginx.VersionAsync());
        }
        if (GoServer.Program is null)
        {
            report.Note("Go is not installed (Debian package golang-go): no file server in Go");
        }
        else
        {
            Go = await GoServer.StartAsync(_folder, files, PutFolder, location);
            report.Note(await GoServer.VersionAsync());
        }
    }
}
