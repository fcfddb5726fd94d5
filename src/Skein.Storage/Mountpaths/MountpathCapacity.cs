namespace Skein.Storage.Mountpaths;

/// <summary>Space of a mountpath's file system.</summary>
/// <param name="TotalBytes">Size in bytes.</param>
/// <param name="UsedBytes">Bytes in use.</param>
/// <param name="AvailableBytes">Bytes that this process may still use.</param>
public readonly record struct MountpathCapacity(long TotalBytes, long UsedBytes, long AvailableBytes)
{
    /// <summary>Used part of what this process could use, in percent, rounded up: 0 to 100, as <c>df</c> shows it.</summary>
    public int PercentUsed
    {
        get
        {
            var usable = UsedBytes + AvailableBytes;
            return usable <= 0 ? 100 : (int)Math.Ceiling(100.0 * UsedBytes / usable);
        }
    }
}
