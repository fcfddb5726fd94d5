using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Uploads;

/// <summary>Writes the bytes of one piece to its file, with the checksums in line.</summary>
internal sealed class PieceWriter(IDisk disk, SafeFileHandle file, string checksumType, Checksum? expected)
{
    /// <summary>Bytes written.</summary>
    public long Size { get; private set; }

    /// <summary>Copies to the end of the body, and compares length and checksum.</summary>
    /// <exception cref="StoreException">When they differ from what was announced, or the disk fails.</exception>
    public async Task<Checksum> CopyAsync(PipeReader body, long? length, CancellationToken cancel)
    {
        using var checksum = ChecksumCalculator.Create(checksumType);
        using var declared = expected is null || expected.Type == checksumType
            ? null : ChecksumCalculator.Create(expected.Type);
        while (true)
        {
            var result = await body.ReadAsync(cancel).ConfigureAwait(false);
            foreach (var part in result.Buffer)
            {
                disk.Write(file, part.Span, Size);
                checksum.Append(part.Span);
                declared?.Append(part.Span);
                Size += part.Length;
            }
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }
        if (length is not null && length != Size)
        {
            throw new StoreException(
                StoreErrorCode.TruncatedBody, $"unexpected EOF: {Size} bytes came, {length} were announced");
        }
        var computed = checksum.Finish();
        var compared = declared is null ? computed : declared.Finish();
        if (expected is not null && expected.Value != compared.Value)
        {
            throw new StoreException(
                StoreErrorCode.BadChecksum, $"BAD DATA CHECKSUM: {expected.Type}({expected.Value} != {compared.Value})");
        }
        return computed;
    }
}
