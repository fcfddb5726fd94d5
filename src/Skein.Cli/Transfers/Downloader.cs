using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Objects;

namespace Skein.Cli.Transfers;

/// <summary>Writes objects to files: each is complete and verified, or not there at all.</summary>
/// <param name="client">The cluster.</param>
/// <param name="host">Clock and random numbers.</param>
/// <param name="progress">Told the bytes written.</param>
internal sealed class Downloader(SkeinClient client, CliHost host, IProgress<long> progress)
{
    private const int MaxAttempts = 3;
    private const int BufferSize = 256 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes an object, or a range of one, to a file; the folder is made if need be.</summary>
    /// <returns>The object's attributes and the number of bytes written.</returns>
    /// <exception cref="SkeinException">When the cluster refuses, cannot be reached, or sends other bytes.</exception>
    /// <exception cref="IOException">When the file cannot be written.</exception>
    public async Task<(ObjectAttributes Attributes, long Written)> ToFileAsync(
        BucketName bucket, string name, string path, GetOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{host.Random.Next():x8}.part";
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var counted = new Counted(progress);
                try
                {
                    var result = await WriteAsync(bucket, name, temporary, options, counted, cancellation);
                    File.Move(temporary, path, overwrite: true);
                    return result;
                }
                catch (SkeinException e) when (e.IsUnreachable && attempt < MaxAttempts)
                {
                    counted.TakeBack();
                    await Task.Delay(Pause * attempt, host.Time, cancellation);
                }
                catch
                {
                    counted.TakeBack();
                    throw;
                }
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes an object, or a range of one, to a stream.</summary>
    public async Task<ObjectAttributes> ToStreamAsync(
        BucketName bucket, string name, Stream output, GetOptions options, CancellationToken cancellation)
    {
        await using var download = await client.Objects.GetAsync(bucket, name, options, cancellation);
        await CopyAsync(download, output, progress, cancellation);
        return download.Attributes;
    }

    private async Task<(ObjectAttributes Attributes, long Written)> WriteAsync(
        BucketName bucket, string name, string path, GetOptions options, IProgress<long> counted,
        CancellationToken cancellation)
    {
        await using var download = await client.Objects.GetAsync(bucket, name, options, cancellation);
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        await CopyAsync(download, file, counted, cancellation);
        return (download.Attributes, download.Length);
    }

    private static async Task CopyAsync(
        ObjectDownload download, Stream output, IProgress<long> counted, CancellationToken cancellation)
    {
        var buffer = new byte[(int)Math.Clamp(download.Length, 1, BufferSize)];
        int read;
        while ((read = await download.Content.ReadAsync(buffer, cancellation)) != 0)
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
            counted.Report(read);
        }
        await output.FlushAsync(cancellation);
    }

    private sealed class Counted(IProgress<long> next) : IProgress<long>
    {
        private long _sum;

        public void Report(long value)
        {
            _sum += value;
            next.Report(value);
        }

        public void TakeBack()
        {
            next.Report(-_sum);
            _sum = 0;
        }
    }
}
