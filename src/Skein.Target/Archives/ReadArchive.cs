using System.Net;
using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Objects;

namespace Skein.Target.Archives;

/// <summary>
/// Reads out of an archive: 1. finds the newest copy of the object; 2. when another target has it, asks that target the same
/// question and passes the answer on; 3. else finds out the format and looks for what is wanted.
/// </summary>
internal sealed class ReadArchive(TargetServices services)
{
    /// <summary>How often a copy elsewhere may vanish or change between looking and asking.</summary>
    private const int MaxAttempts = 3;

    private readonly NewestObject _newest = new(services);

    /// <summary>Opens what is wanted.</summary>
    public async Task<ArchiveContent> RunAsync(ReadArchiveRequest request, CancellationToken cancellation)
    {
        var matcher = request.Path is null ? new MemberMatcher(request.Pattern, request.Mode) : null;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var (here, there) = await _newest.FindAsync(request, cancellation).ConfigureAwait(false);
            if (here is not null)
            {
                return await OpenAsync(request, matcher, here, cancellation).ConfigureAwait(false);
            }
            if (there is null)
            {
                throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
            }
            if (await AskAsync(request, there, cancellation).ConfigureAwait(false) is { } content)
            {
                return content;
            }
        }
        throw new StoreException(StoreErrorCode.Busy, $"{request.Shown} is being changed, try again");
    }

    /// <summary>The format of an open archive: what the client says, else what the name says, else what the bytes say.</summary>
    /// <exception cref="StoreException">When nothing says it.</exception>
    public static ArchiveFormat FormatOf(ObjectRequest request, ArchiveFormat? said, ObjectHandle handle)
    {
        if ((said ?? ArchiveFormats.OfName(request.Name)) is { } known)
        {
            return known;
        }
        Span<byte> head = stackalloc byte[ArchiveFormats.MagicBytes];
        var read = RandomAccess.Read(handle.File, head, 0);
        return ArchiveFormats.OfMagic(head[..read]) ?? throw new StoreException(
            StoreErrorCode.UnknownMime,
            $"{request.Shown}: neither name nor content show that it is an archive (.tar, .tgz, .tar.gz, .zip, .tar.lz4)");
    }

    /// <summary>The error for a file that is not in the archive.</summary>
    public static StoreException NoMember(INodeFacts facts, ReadArchiveRequest request)
    {
        var wanted = request.Path is { } path
            ? $"(archpath={path})"
            : $"(archregx={request.Pattern}, archmode={ArchiveModes.Word(request.Mode)})";
        return new StoreException(
            StoreErrorCode.ObjectNotFound, $"{facts.Self.DisplayName}: {wanted} in {request.Shown} does not exist");
    }

    private async Task<ArchiveContent> OpenAsync(
        ReadArchiveRequest request, MemberMatcher? matcher, ObjectHandle handle, CancellationToken cancellation)
    {
        ArchiveReader? reader = null;
        var used = false;
        var format = ArchiveFormat.Tar;
        try
        {
            format = FormatOf(request, request.Format, handle);
            reader = await ArchiveReader
                .OpenAsync(format, new FileWindow(handle.File, 0, handle.Attributes.Size), cancellation)
                .ConfigureAwait(false);
            while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } member)
            {
                if (matcher is not null ? !matcher.Matches(member.Name) : member.Name != request.Path)
                {
                    continue;
                }
                ArchiveContent content = matcher is not null
                    ? new MatchingMembers(handle, reader, member, matcher) { ContentType = ArchiveFormat.Tar.ContentType() }
                    : await OneAsync(handle, reader, member, format, cancellation).ConfigureAwait(false);
                used = true;
                return content;
            }
            throw NoMember(services.Facts, request);
        }
        catch (Exception error) when (ArchiveReader.IsBroken(error))
        {
            throw ArchiveReader.Broken(request.Shown, format, error);
        }
        finally
        {
            if (!used)
            {
                if (reader is not null)
                {
                    await reader.DisposeAsync().ConfigureAwait(false);
                }
                handle.Dispose();
            }
        }
    }

    private async Task<ArchiveContent> OneAsync(
        ObjectHandle handle, ArchiveReader reader, ArchiveMember member, ArchiveFormat format, CancellationToken cancellation)
    {
        const string Bytes = "application/octet-stream";
        if (format == ArchiveFormat.Tar && member.Offset is { } offset)
        {
            return new MemberInFile(handle, services.Sender, offset) { ContentType = Bytes, Length = member.Size };
        }
        var stream = await member.OpenAsync(cancellation).ConfigureAwait(false);
        return new MemberBytes(handle, reader, stream) { ContentType = Bytes, Length = member.Size };
    }

    /// <summary>Asks another target the same; null when its copy has gone or changed meanwhile.</summary>
    private async Task<ArchiveContent?> AskAsync(
        ReadArchiveRequest request, NeighbourCopy copy, CancellationToken cancellation)
    {
        var answer = await services.Neighbours
            .AskAsync(copy.Node, request, request.Query, cancellation)
            .ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return new RelayedContent(answer)
            {
                ContentType = answer.Content.Headers.ContentType?.ToString() ?? "application/octet-stream",
                Length = answer.Content.Headers.ContentLength,
            };
        }
        using (answer)
        {
            if (answer.StatusCode != HttpStatusCode.NotFound)
            {
                throw await PeerErrors.ReadAsync(copy.Node, answer, cancellation).ConfigureAwait(false);
            }
        }
        var now = await services.Neighbours
            .FindAsync(request, null, toleratesSilence: false, cancellation)
            .ConfigureAwait(false);
        return now?.Attributes.Stamp == copy.Attributes.Stamp ? throw NoMember(services.Facts, request) : null;
    }
}
