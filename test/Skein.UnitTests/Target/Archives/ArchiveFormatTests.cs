using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Target.Archives;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

public sealed class ArchiveFormatTests
{
    public static TheoryData<ArchiveFormat> Formats { get; } = new(Enum.GetValues<ArchiveFormat>());

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task WhatIsWrittenIsRead(ArchiveFormat format)
    {
        var bytes = await TestArchives.MakeAsync(format, TestArchives.Some);
        Assert.Equal(TestArchives.Some, await TestArchives.ReadAsync(format, bytes));
        Assert.Equal(format, ArchiveFormats.OfMagic(bytes.AsSpan(0, Math.Min(bytes.Length, ArchiveFormats.MagicBytes))));
        Assert.Empty(await TestArchives.ReadAsync(format, await TestArchives.MakeAsync(format, [])));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task AnythingElseIsBroken(ArchiveFormat format)
    {
        var noise = new byte[4000];
        new Random(7).NextBytes(noise);
        var error = await Record.ExceptionAsync(() => TestArchives.ReadAsync(format, noise));
        Assert.True(error is not null && ArchiveReader.IsBroken(error), error?.ToString() ?? "read as an archive");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task ACutArchiveIsBroken(ArchiveFormat format)
    {
        var text = new string('x', 3000) + string.Concat(Enumerable.Range(0, 2000));
        var bytes = await TestArchives.MakeAsync(format, [("big", text)]);
        var error = await Record.ExceptionAsync(() => TestArchives.ReadAsync(format, bytes[..(bytes.Length / 2)]));
        Assert.True(error is not null && ArchiveReader.IsBroken(error), error?.ToString() ?? "read as an archive");
    }

    [Fact]
    public async Task LongNamesAndHugeTimesAreKept()
    {
        var name = string.Concat(Enumerable.Repeat("folder/", 60)) + "file";
        foreach (var format in Enum.GetValues<ArchiveFormat>())
        {
            var bytes = await TestArchives.MakeAsync(format, [(name, "x")]);
            Assert.Equal([(name, "x")], await TestArchives.ReadAsync(format, bytes));
        }
    }

    [Fact]
    public async Task AnExtendedHeaderThatClaimsToBeHugeIsNotReadIntoMemory()
    {
        var header = new byte[1024];
        using (var tar = new MemoryStream())
        {
            await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
            {
                await writer.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.RegularFile, new string('n', 120)), StoreFixture.Cancel);
            }
            tar.ToArray().AsSpan(0, 1024).CopyTo(header);
        }
        Assert.Equal((byte)'x', header[156]);
        Encoding.ASCII.GetBytes("17777777777\0").CopyTo(header, 124);
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.AsSpan(0, 512).ToArray().Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => TestArchives.ReadAsync(ArchiveFormat.Tar, header));
        Assert.Contains("extended header", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AZipGivesNoMoreThanItSays()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = await zip.CreateEntry("f").OpenAsync(StoreFixture.Cancel);
            await entry.WriteAsync(new byte[5000], StoreFixture.Cancel);
        }
        var file = bytes.ToArray();
        var directory = file.AsSpan().LastIndexOf("PK\x1\x2"u8);
        BitConverter.GetBytes(10).CopyTo(file, directory + 24); // the uncompressed size
        try
        {
            Assert.Equal(10, Assert.Single(await TestArchives.ReadAsync(ArchiveFormat.Zip, file)).Text.Length);
        }
        catch (Exception error) when (ArchiveReader.IsBroken(error))
        {
            // That is fine, too.
        }
    }

    [Theory]
    [InlineData("s.tar", ArchiveFormat.Tar)]
    [InlineData("a.tar.gz", ArchiveFormat.Tgz)]
    [InlineData("a.tgz", ArchiveFormat.Tgz)]
    [InlineData("a.tar.lz4", ArchiveFormat.TarLz4)]
    [InlineData("dir/a.zip", ArchiveFormat.Zip)]
    [InlineData("a.TAR", null)]
    [InlineData("a.tar.xz", null)]
    public void TheExtensionSaysTheFormat(string name, ArchiveFormat? format) =>
        Assert.Equal(format, ArchiveFormats.OfName(name));

    [Theory]
    [InlineData(".tar", ArchiveFormat.Tar)]
    [InlineData("tgz", ArchiveFormat.Tgz)]
    [InlineData("application/x-tar", ArchiveFormat.Tar)]
    [InlineData("application/x-tar.lz4", ArchiveFormat.TarLz4)]
    [InlineData("application/zip", ArchiveFormat.Zip)]
    public void AWordSaysTheFormat(string word, ArchiveFormat format) => Assert.Equal(format, ArchiveFormats.OfMime(word));

    [Fact]
    public void AnUnknownWordIsRefused()
    {
        var error = Assert.Throws<StoreException>(() => ArchiveFormats.OfMime("rar"));
        Assert.Equal(StoreErrorCode.UnknownMime, error.Code);
    }

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("..a/b..", true)]
    [InlineData("../e", false)]
    [InlineData("a/../b", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("dir/", false)]
    [InlineData("", false)]
    public void NamesThatLeadOutOfTheArchiveAreRefused(string path, bool isFine)
    {
        var error = Record.Exception(() => ArchivePath.Validate(path));
        Assert.Equal(isFine, error is null);
    }

    [Theory]
    [InlineData("d/", ArchiveMatchMode.Prefix, "d/b.txt,d/c.jpg")]
    [InlineData(".txt", ArchiveMatchMode.Suffix, "a.txt,d/b.txt")]
    [InlineData("/c", ArchiveMatchMode.Substring, "d/c.jpg")]
    [InlineData("d/b", ArchiveMatchMode.WebDatasetKey, "d/b.txt")]
    [InlineData("^d/.*[.]jpg$", ArchiveMatchMode.Regexp, "d/c.jpg")]
    [InlineData("(?P<x>a)", ArchiveMatchMode.Regexp, "a.txt")]
    [InlineData("*", ArchiveMatchMode.Regexp, "a.txt,d/b.txt,d/c.jpg,é/empty")]
    [InlineData("", ArchiveMatchMode.Suffix, "a.txt,d/b.txt,d/c.jpg,é/empty")]
    [InlineData("none", ArchiveMatchMode.Regexp, "")]
    public void NamesAreMatched(string pattern, ArchiveMatchMode mode, string expected)
    {
        var matcher = new MemberMatcher(pattern, mode);
        Assert.Equal(expected, string.Join(',', TestArchives.Some.Select(file => file.Name).Where(matcher.Matches)));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?<=a)b")]
    [InlineData("(a)\\1")]
    public void ABadPatternIsRefused(string pattern)
    {
        var error = Assert.Throws<StoreException>(() => new MemberMatcher(pattern, ArchiveMatchMode.Regexp));
        Assert.Equal(StoreErrorCode.InvalidRequest, error.Code);
    }
}
