using System.IO.Pipelines;
using System.Text;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Objects;
using Skein.Storage.Uploads;

namespace Skein.UnitTests.Storage;

public sealed class UploadTests
{
    [Theory]
    [InlineData(DurabilityPolicy.Disk)]
    [InlineData(DurabilityPolicy.PageCache)]
    public async Task AnUploadSurvivesAKilledProcess(DurabilityPolicy durability)
    {
        await using var disks = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket(durability: durability);
        var upload = await disks.Store.Uploads.CreateAsync(
            bucket, "dir/big", UploadKind.Multipart, [new("k", "v")], StoreFixture.Cancel);
        await WriteAsync(disks, upload, 2, "two");
        await WriteAsync(disks, upload, 1, "one,");
        await disks.KillAsync();
        await disks.StartAsync();
        var found = disks.Store.Uploads.Find(bucket, "dir/big", upload.Id);
        Assert.NotNull(found);
        Assert.Equal(UploadKind.Multipart, found.Kind);
        Assert.Equal([new("k", "v")], found.Custom);
        Assert.Equal("one,two", await ReadAsync(disks, found));
        await disks.Store.Uploads.FinishAsync(found);
        await disks.KillAsync();
        await disks.StartAsync();
        Assert.True(disks.Store.Uploads.Find(bucket, "dir/big", upload.Id)!.IsDone);
    }

    [Fact]
    public async Task AnUploadIsOfOneObjectOfOneBucket()
    {
        await using var disks = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        var upload = await disks.Store.Uploads.CreateAsync(bucket, "o", UploadKind.Append, [], StoreFixture.Cancel);
        Assert.NotNull(disks.Store.Uploads.Find(bucket, "o", upload.Id));
        Assert.Null(disks.Store.Uploads.Find(bucket, "p", upload.Id));
        Assert.Null(disks.Store.Uploads.Find(StoreFixture.Bucket(id: 2), "o", upload.Id));
        Assert.Null(disks.Store.Uploads.Find(bucket, "o", "../../x"));
        await disks.Store.DestroyBucketAsync(bucket.Name, bucket.Id, StoreFixture.Cancel);
        Assert.Null(disks.Store.Uploads.Find(bucket, "o", upload.Id));
        await Assert.ThrowsAsync<StoreException>(() => WriteAsync(disks, upload, 1, "late"));
    }

    [Fact]
    public async Task ADamagedPieceIsFound()
    {
        await using var disks = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        var upload = await disks.Store.Uploads.CreateAsync(bucket, "o", UploadKind.Multipart, [], StoreFixture.Cancel);
        await WriteAsync(disks, upload, 1, "content");
        var file = Assert.Single(Directory.EnumerateFiles(disks.Root, "p*", SearchOption.AllDirectories));
        using (var stream = File.OpenWrite(file))
        {
            stream.WriteByte((byte)'X');
        }
        var error = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(disks, upload));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoEndsAnUploadIsAlone()
    {
        await using var disks = await StoreFixture.OpenAsync();
        var uploads = disks.Store.Uploads;
        using (uploads.Share("a"))
        {
            using var other = uploads.Share("a");
            Assert.Equal(StoreErrorCode.Busy, Assert.Throws<StoreException>(() => uploads.Enter("a")).Code);
            using var elsewhere = uploads.Enter("b");
        }
        using (uploads.Enter("a"))
        {
            Assert.Equal(StoreErrorCode.Busy, Assert.Throws<StoreException>(() => uploads.Share("a")).Code);
        }
        uploads.Enter("a").Dispose();
    }

    [Fact]
    public async Task APieceThatIsCutShortChangesNothing()
    {
        await using var disks = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        var upload = await disks.Store.Uploads.CreateAsync(bucket, "o", UploadKind.Multipart, [], StoreFixture.Cancel);
        await WriteAsync(disks, upload, 1, "content");
        var error = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(disks, upload, 1, "con", 7));
        Assert.Equal(StoreErrorCode.TruncatedBody, error.Code);
        Assert.Equal("content", await ReadAsync(disks, upload));
    }

    private static Task<UploadPiece> WriteAsync(
        StoreFixture disks, Upload upload, long number, string bytes, long? length = null) => disks.Store.Uploads.WriteAsync(
        upload, number, PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(bytes))), length ?? bytes.Length,
        ChecksumTypes.Md5, null, StoreFixture.Cancel);

    private static async Task<string> ReadAsync(StoreFixture disks, Upload upload)
    {
        await using var stream = disks.Store.Uploads.OpenRead(upload, disks.Store.Uploads.Pieces(upload));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(StoreFixture.Cancel);
    }
}
