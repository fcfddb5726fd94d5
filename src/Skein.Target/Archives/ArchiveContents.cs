using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Archives;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Transfers;

namespace Skein.Target.Archives;

/// <summary>One file of an archive: it can be read here, too.</summary>
internal abstract class MemberContent : ArchiveContent
{
    /// <summary>Opens its bytes; the content is to be disposed of after the stream.</summary>
    public abstract ValueTask<Stream> OpenAsync(CancellationToken cancellation);
}

/// <summary>A file of a plain TAR: a range of the object's file.</summary>
internal sealed class MemberInFile(ObjectHandle handle, IObjectContentSender sender, long offset) : MemberContent
{
    public override ValueTask<Stream> OpenAsync(CancellationToken cancellation) =>
        ValueTask.FromResult<Stream>(new FileWindow(handle.File, offset, Length ?? 0));

    public override Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation) =>
        Length is null or 0
            ? Task.CompletedTask
            : sender.SendAsync(handle.File, offset, Length.Value, body, features, cancellation);

    public override ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A file out of a compressed archive.</summary>
internal sealed class MemberBytes(ObjectHandle handle, ArchiveReader reader, Stream stream) : MemberContent
{
    public override ValueTask<Stream> OpenAsync(CancellationToken cancellation) => ValueTask.FromResult(stream);

    public override Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation) =>
        StreamSender.SendAsync(stream, body, cancellation);

    public override async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        await reader.DisposeAsync().ConfigureAwait(false);
        handle.Dispose();
    }
}

/// <summary>All files that match, as a TAR that is made while it is sent.</summary>
internal sealed class MatchingMembers(
    ObjectHandle handle, ArchiveReader reader, ArchiveMember first, MemberMatcher matcher) : ArchiveContent
{
    public override async Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation)
    {
        var output = body.AsStream(leaveOpen: true);
        await using (output.ConfigureAwait(false))
        {
            var buffered = new BufferedStream(output, ArchiveLimits.BufferBytes);
            var tar = ArchiveWriter.Create(ArchiveFormat.Tar, buffered, CompressionLevel.NoCompression);
            await using (tar.ConfigureAwait(false))
            {
                for (var member = first; member is not null; member = await NextAsync(cancellation).ConfigureAwait(false))
                {
                    var content = await member.OpenAsync(cancellation).ConfigureAwait(false);
                    await using (content.ConfigureAwait(false))
                    {
                        await tar.WriteAsync(member.Name, member.Size, member.Modified, content, cancellation)
                            .ConfigureAwait(false);
                    }
                }
                await tar.FinishAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync().ConfigureAwait(false);
        handle.Dispose();
    }

    private async ValueTask<ArchiveMember?> NextAsync(CancellationToken cancellation)
    {
        while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } member)
        {
            if (matcher.Matches(member.Name))
            {
                return member;
            }
        }
        return null;
    }
}

/// <summary>What another target answers, passed through.</summary>
internal sealed class RelayedContent(HttpResponseMessage answer) : MemberContent
{
    public override async ValueTask<Stream> OpenAsync(CancellationToken cancellation) =>
        await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);

    public override async Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await StreamSender.SendAsync(stream, body, cancellation).ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync()
    {
        answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
