namespace Skein.TestKit;

/// <summary>A new empty folder, removed with everything in it at the end of the test.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    /// <param name="parent">Where; the system's folder for temporary files by default.</param>
    public TempFolder(string? parent = null)
    {
        parent ??= System.IO.Path.GetTempPath();
        Directory.CreateDirectory(parent);
        Path = System.IO.Path.Combine(parent, "skein-test-" + System.IO.Path.GetRandomFileName());
        Directory.CreateDirectory(Path);
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>A path in the folder.</summary>
    public string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes a folder in it and returns its path.</summary>
    public string CreateFolder(string name) => Directory.CreateDirectory(Combine(name)).FullName;

    /// <summary>Writes a file in it, with the folders above, and returns its path.</summary>
    public string WriteFile(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Combine(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
