using System.Text.Json;

namespace Skein.Cli.Playground;

/// <summary>The folder of a playground: <c>cluster.json</c>, the lock, and one folder for each node.</summary>
internal sealed class PlaygroundFiles
{
    private const string StateName = "cluster.json";
    private const string LockName = ".lock";

    /// <summary>Names the folder; nothing is read or written.</summary>
    /// <param name="directory">The folder, absolute or relative to the current one.</param>
    public PlaygroundFiles(string directory) => Directory = Path.GetFullPath(directory);

    /// <summary>The folder, absolute.</summary>
    public string Directory { get; }

    /// <summary>The file that describes the playground.</summary>
    public string StatePath => Path.Combine(Directory, StateName);

    /// <summary>True when the folder holds a playground.</summary>
    public bool Exists => File.Exists(StatePath);

    /// <summary>The folder of a node.</summary>
    public string NodeDirectory(string id) => Path.Combine(Directory, id);

    /// <summary>Reads the description; null when there is none.</summary>
    /// <exception cref="PlaygroundException">When the file is not what this class writes.</exception>
    public PlaygroundState? Load()
    {
        try
        {
            var bytes = File.ReadAllBytes(StatePath);
            return JsonSerializer.Deserialize(bytes, PlaygroundJsonContext.Default.PlaygroundState);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new PlaygroundException($"{StatePath} cannot be read: {e.Message}", "remove the folder and start anew");
        }
    }

    /// <summary>Writes the description so that a reader sees either the old or the new one.</summary>
    public void Save(PlaygroundState state)
    {
        var temporary = StatePath + ".tmp";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(state, PlaygroundJsonContext.Default.PlaygroundState);
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Write("\n"u8);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, StatePath, overwrite: true);
    }

    /// <summary>Makes the folder if need be, and refuses one that holds other things.</summary>
    /// <exception cref="PlaygroundException">When the folder is not empty and not a playground.</exception>
    public void Create()
    {
        if (!Exists && System.IO.Directory.Exists(Directory)
            && System.IO.Directory.EnumerateFileSystemEntries(Directory).Any(path => Path.GetFileName(path) != LockName))
        {
            throw new PlaygroundException(
                $"{Directory} is not empty and is not a playground", "name another folder with --dir");
        }
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>Takes the lock of the playground, so that two commands do not change it at once.</summary>
    /// <exception cref="PlaygroundException">When another command holds it for longer than the patience.</exception>
    public async Task<IDisposable> LockAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var path = Path.Combine(Directory, LockName);
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (DirectoryNotFoundException)
            {
                throw NotAPlayground();
            }
            catch (IOException) when (time.GetElapsedTime(started) < patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellation);
            }
            catch (IOException)
            {
                throw new PlaygroundException(
                    $"another command is at work on {Directory}", "wait until it has ended and try again");
            }
        }
    }

    /// <summary>Removes the folder with all it holds. Only a playground is removed.</summary>
    /// <exception cref="PlaygroundException">When the folder is not a playground.</exception>
    public void Remove()
    {
        if (!Exists)
        {
            throw NotAPlayground();
        }
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>The error for a folder that holds no playground.</summary>
    public PlaygroundException NotAPlayground() =>
        new($"there is no playground in {Directory}", "start one with 'skein playground up', or name it with --dir");
}
