using Microsoft.Win32.SafeHandles;
using Skein.Core.Archives;

namespace Skein.Target.Archives;

/// <summary>Copies an archive and leaves it open at its end for more files.</summary>
internal static class ArchiveCopy
{
    /// <summary>
    /// Begins an archive with everything that an older one has. A TAR is copied as it stands up to its end; only what is
    /// compressed is compressed anew.
    /// </summary>
    /// <param name="format">The format of both.</param>
    /// <param name="file">The older archive.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="output">Where the new one goes; stays the caller's.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Exception">
    /// For which <see cref="ArchiveReader.IsBroken"/> is true, when the older one is not valid.
    /// </exception>
    public static async Task<ArchiveWriter> BeginAsync(
        ArchiveFormat format, SafeFileHandle file, long size, Stream output, CancellationToken cancellation)
    {
        if (format == ArchiveFormat.Zip)
        {
            return await ZipAsync(file, size, output, cancellation).ConfigureAwait(false);
        }
        var end = await EndAsync(format, file, size, cancellation).ConfigureAwait(false);
        return await ArchiveWriter
            .ContinueAsync(format, output, async compressed =>
            {
                var source = ArchiveCompression.Decompress(format, new FileWindow(file, 0, size));
                await using (source.ConfigureAwait(false))
                {
                    await CopyAsync(source, compressed, end, cancellation).ConfigureAwait(false);
                }
            })
            .ConfigureAwait(false);
    }

    /// <summary>Where the entries of a TAR end.</summary>
    private static async Task<long> EndAsync(
        ArchiveFormat format, SafeFileHandle file, long size, CancellationToken cancellation)
    {
        var reader = new TarFileReader(ArchiveCompression.Decompress(format, new FileWindow(file, 0, size)));
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.NextAsync(cancellation).ConfigureAwait(false) is not null)
            {
                // Only the end counts.
            }
            return reader.End;
        }
    }

    private static async Task CopyAsync(Stream source, Stream output, long length, CancellationToken cancellation)
    {
        var buffer = new byte[ArchiveLimits.BufferBytes];
        for (var left = length; left > 0;)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellation)
                .ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException($"the archive ends {left} bytes too early");
            }
            await output.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            left -= read;
        }
    }

    private static async Task<ArchiveWriter> ZipAsync(
        SafeFileHandle file, long size, Stream output, CancellationToken cancellation)
    {
        var writer = ArchiveWriter.Create(ArchiveFormat.Zip, output);
        try
        {
            var reader = await ArchiveReader
                .OpenAsync(ArchiveFormat.Zip, new FileWindow(file, 0, size), cancellation)
                .ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } member)
                {
                    var content = await member.OpenAsync(cancellation).ConfigureAwait(false);
                    await using (content.ConfigureAwait(false))
                    {
                        await writer.WriteAsync(member.Name, member.Size, member.Modified, content, cancellation)
                            .ConfigureAwait(false);
                    }
                }
            }
            return writer;
        }
        catch
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
