using Microsoft.Win32.SafeHandles;
using Skein.Core.Objects;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Reads;

/// <summary>
/// An object that is open for reading, by several readers at a time. Each of them releases it once; the file is closed when
/// nobody has it any more.
/// </summary>
public sealed class OpenFile
{
    private int _holders = 1;

    internal OpenFile(
        (ulong BucketId, ulong Digest) key, string name, SafeFileHandle file, ObjectAttributes attributes,
        MountpathView view)
    {
        Key = key;
        Name = name;
        File = file;
        Attributes = attributes;
        View = view;
    }

    /// <summary>The object's name.</summary>
    public string Name { get; }

    /// <summary>The file, for reads at an offset. Not to be closed.</summary>
    public SafeFileHandle File { get; }

    /// <summary>The attributes; <see cref="ObjectAttributes.Size"/> is the length of the file.</summary>
    public ObjectAttributes Attributes { get; }

    /// <summary>Whatever readers want to remember with it; null at first. Lost with it.</summary>
    public object? Companion { get; set; }

    /// <summary>Under which the file is kept.</summary>
    internal (ulong BucketId, ulong Digest) Key { get; }

    /// <summary>The mountpaths among which it was found.</summary>
    internal MountpathView View { get; }

    /// <summary>How the file was when it was opened.</summary>
    internal FileMark Mark { get; init; }

    /// <summary>Number of <see cref="OpenFiles.ForgetAll"/> before it was opened.</summary>
    internal long Generation { get; init; }

    /// <summary>True when it was read since somebody looked last.</summary>
    internal bool IsUsed { get; set; } = true;

    /// <summary>True once it is kept no more.</summary>
    internal bool IsForgotten { get; set; }

    /// <summary>Ends the use of it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            File.Dispose();
        }
    }

    /// <summary>Takes part in the use of it; false when it is closed already.</summary>
    internal bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }
            holders = seen;
        }
        return false;
    }
}
