using System.IO.Pipelines;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Archives;

namespace Skein.Cli.Archives;

/// <summary>A file of an archive that is to be written.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Open">Begins to read it.</param>
internal sealed record ShardFile(string Name, long Size, Func<Stream> Open);

/// <summary>Stores archives that are made while they are sent, so that one of any size needs little memory.</summary>
/// <param name="client">The cluster.</param>
/// <param name="host">Clock.</param>
/// <param name="progress">Told the bytes that were sent.</param>
internal sealed class ShardUploader(SkeinClient client, CliHost host, IProgress<long> progress)
{
    /// <summary>Bytes of an archive that are made ahead of what was sent.</summary>
    private const int MaxAhead = 1 << 20;

    /// <summary>Stores an archive; it is there as a whole or not at all, and takes the place of one with its name.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    /// <exception cref="IOException">When a file cannot be read, or has become shorter.</exception>
    /// <exception cref="Skein.Core.Errors.StoreException">When a name is invalid.</exception>
    public async Task StoreAsync(
        ArchiveName archive, ArchiveFormat format, IEnumerable<ShardFile> files, CancellationToken cancellation)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: MaxAhead, resumeWriterThreshold: MaxAhead / 2));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = WriteAsync(pipe.Writer, format, files, stop.Token);
        try
        {
            await using var body = pipe.Reader.AsStream();
            await client.Objects.PutAsync(
                archive.Bucket, archive.Name, ObjectSource.FromStream(body), new PutOptions { Progress = progress },
                cancellation);
        }
        catch
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (writing.IsFaulted)
            {
                await writing; // why the body broke off says more than that it did
            }
            throw;
        }
    }

    private async Task WriteAsync(
        PipeWriter writer, ArchiveFormat format, IEnumerable<ShardFile> files, CancellationToken cancellation)
    {
        Exception? failure = new IOException("the archive is not complete");
        try
        {
            await using var output = writer.AsStream(leaveOpen: true);
            await using (var archive = ArchiveWriter.Create(format, output))
            {
                foreach (var file in files)
                {
                    ArchivePath.Validate(file.Name);
                    await using var content = file.Open();
                    await archive.WriteAsync(file.Name, file.Size, host.Time.GetUtcNow(), content, cancellation);
                }
                await archive.FinishAsync(cancellation);
            }
            failure = null;
        }
        finally
        {
            await writer.CompleteAsync(failure);
        }
    }
}
