using System.Formats.Tar;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Remote;

/// <summary>Every way to write into a bucket of another cluster ends at its home.</summary>
public sealed class RemoteWriteTests(TwoClusters fixture) : IClassFixture<TwoClusters>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task AnObjectIsCopiedIntoAndOutOfARemoteBucket()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await Http.CreateAsync(fixture.Proxy, $"own-{bucket}")).Succeeded();
        (await Http.PutAsync(fixture.Proxy, $"own-{bucket}/o", TwoClusters.Text("mine"), ("Ais-Custom-Md", "k=v")))
            .Succeeded();
        for (var i = 0; i < 4; i++)
        {
            (await CopyAsync($"own-{bucket}/o", $"ais/@{TwoClusters.Alias}/{bucket}/to {i}")).Succeeded();
            var home = (await Http.GetAsync(fixture.FarProxy, $"{bucket}/to%20{i}")).Succeeded();
            Assert.Equal(("mine", "k=v"), (home.Text, home.Header("Ais-Custom-Md")));
        }
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/far", TwoClusters.Text("theirs"))).Succeeded();
        (await CopyAsync($"{bucket}/far{TwoClusters.Query()}", $"ais/@#/own-{bucket}/back")).Succeeded();
        Assert.Equal("theirs", (await Http.GetAsync(fixture.Proxy, $"own-{bucket}/back")).Succeeded().Text);

        // What is here is copied, unless the latest is asked for.
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/far", TwoClusters.Text("theirs, later"))).Succeeded();
        (await CopyAsync($"{bucket}/far{TwoClusters.Query()}", $"ais/@#/own-{bucket}/older")).Succeeded();
        Assert.Equal("theirs", (await Http.GetAsync(fixture.Proxy, $"own-{bucket}/older")).Succeeded().Text);
        (await CopyAsync($"{bucket}/far{TwoClusters.Query()}", $"ais/@#/own-{bucket}/back", "&latest-ver=true")).Succeeded();
        Assert.Equal("theirs, later", (await Http.GetAsync(fixture.Proxy, $"own-{bucket}/back")).Succeeded().Text);
        Assert.Equal(404, (await CopyAsync($"{bucket}/none{TwoClusters.Query()}", $"ais/@#/own-{bucket}/x")).Code);
        Assert.Equal(404, (await CopyAsync($"own-{bucket}/o", $"ais/@{TwoClusters.Alias}/never-made/x")).Code);
    }

    [Fact]
    public async Task AppendedBytesFollowWhatTheHomeHas()
    {
        var bucket = await fixture.NewFarBucketAsync();
        foreach (var name in new[] { "new", "old" })
        {
            if (name == "old")
            {
                (await Http.PutAsync(fixture.FarProxy, $"{bucket}/old", TwoClusters.Text("zero,"))).Succeeded();
            }
            var first = await AppendAsync(bucket, name, "", "one,");
            var second = await AppendAsync(bucket, name, first, "two");
            (await Http.FollowAsync(HttpMethod.Put, AppendUrl(bucket, name, "flush", second))).Succeeded();
            var expected = name == "old" ? "zero,one,two" : "one,two";
            Assert.Equal(expected, (await Http.GetAsync(fixture.FarProxy, $"{bucket}/{name}")).Succeeded().Text);
            Assert.Equal(expected, (await GetAsync(bucket, name)).Succeeded().Text);
        }
    }

    [Fact]
    public async Task PartsBecomeAnObjectOfTheHome()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var url = $"{fixture.Proxy}/v1/objects/{bucket}/big{TwoClusters.Query()}";
        var id = (await Http.FollowAsync(HttpMethod.Post, url, TwoClusters.Text("""{"action":"mpt-upload"}"""))).Succeeded().Text;
        for (var number = 1; number <= 3; number++)
        {
            (await Http.FollowAsync(
                HttpMethod.Put, $"{url}&uploadId={id}&partNumber={number}", TwoClusters.Text($"part {number};"))).Succeeded();
        }
        Assert.Equal(404, (await Http.HeadAsync(fixture.FarProxy, $"{bucket}/big")).Code);
        (await Http.FollowAsync(
            HttpMethod.Post, $"{url}&uploadId={id}",
            TwoClusters.Text("""
                {"action":"mpt-complete","value":[{"part-number":1},{"part-number":2},{"part-number":3}]}
                """))).Succeeded();
        Assert.Equal("part 1;part 2;part 3;", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/big")).Succeeded().Text);
    }

    [Fact]
    public async Task ArchivesAreReadMadeAndAddedTo()
    {
        var bucket = await fixture.FilledAsync(6);
        await fixture.RunAsync(
            HttpMethod.Put, bucket, "archive",
            $$"""
            {"archname":"a.tar","tobck":{"name":"{{bucket}}","provider":"ais","namespace":{"uuid":"{{TwoClusters.Alias}}"} },
             "template":"o0{1..3}"}
            """, "archive");
        Assert.Equal(["o01", "o02", "o03"], await NamesAsync(bucket));
        (await AddAsync(bucket, "a.tar", "x.txt", "1")).Succeeded();
        Assert.Equal(["o01", "o02", "o03", "x.txt"], await NamesAsync(bucket));

        // Somebody else changes it at home: the next addition is to what it is then.
        (await Http.FollowAsync(
            HttpMethod.Put, $"{fixture.FarProxy}/v1/objects/{bucket}/a.tar?archpath=y.txt", TwoClusters.Text("there"),
            ("Ais-Pine", "1"))).Succeeded();
        (await AddAsync(bucket, "a.tar", "z.txt", "1")).Succeeded();
        Assert.Equal(["o01", "o02", "o03", "x.txt", "y.txt", "z.txt"], await NamesAsync(bucket));
        var read = await Http.GetAsync(fixture.Proxy, $"{bucket}/a.tar{TwoClusters.Query()}&archpath=y.txt");
        Assert.Equal("there", read.Succeeded().Text);
        Assert.Equal(404, (await AddAsync(bucket, "none.tar", "x.txt", "1")).Code);
        (await AddAsync(bucket, "made.tar", "x.txt", "2")).Succeeded();
        Assert.Equal(200, (await Http.HeadAsync(fixture.FarProxy, $"{bucket}/made.tar")).Code);

        var batch = await Http.FollowAsync(
            HttpMethod.Get, $"{fixture.Proxy}/v1/ml/moss/{bucket}{TwoClusters.Query()}",
            TwoClusters.Text("""{"in":[{"objname":"o05"},{"objname":"a.tar","archpath":"x.txt"}],"strm":true,"onob":true}"""));
        Assert.Equal(["o05", "a.tar/x.txt"], await TarAsync(batch.Succeeded().Body));
    }

    [Fact]
    public async Task ABucketIsCopiedIntoARemoteOneAndNothingIsSentTwice()
    {
        var bucket = await fixture.NewFarBucketAsync();
        (await Http.CreateAsync(fixture.Proxy, $"from-{bucket}")).Succeeded();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
            (await Http.PutAsync(fixture.Proxy, $"from-{bucket}/o{i:00}", TwoClusters.Text($"{i}"))).Succeeded()));
        var to = Uri.EscapeDataString($"ais/@{TwoClusters.Alias}/{bucket}/");
        for (var round = 0; round < 2; round++)
        {
            await fixture.RunAtAsync(HttpMethod.Post, $"from-{bucket}?bck_to={to}", "copy-bck", "{}", "copy-bck");
            Assert.Equal(12, (await Http.ListAsync(fixture.FarProxy, bucket)).Count);
            var seventh = (await Http.GetAsync(fixture.FarProxy, $"{bucket}/o07")).Succeeded();
            Assert.Equal(("7", "1"), (seventh.Text, seventh.Header("Ais-Version")));
        }
        await fixture.RunAtAsync(
            HttpMethod.Post, $"from-{bucket}", "copy-listrange",
            $$"""
            {"objnames":["o03"],"prepend":"p/",
             "tobck":{"name":"{{bucket}}","provider":"ais","namespace":{"uuid":"{{TwoClusters.Alias}}","name":""} } }
            """, "copy-listrange");
        Assert.Equal("3", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/p/o03")).Succeeded().Text);
    }

    [Fact]
    public async Task ACopyThatSynchronizesTakesWhatIsNewAndRemovesWhatIsGone()
    {
        var bucket = await fixture.FilledAsync(8);
        var copy = $"sync-{bucket}";
        (await Http.CreateAsync(fixture.Proxy, copy)).Succeeded();
        var query = $"{bucket}{TwoClusters.Query()}&bck_to={Uri.EscapeDataString($"ais/@#/{copy}/")}";
        await fixture.RunAtAsync(HttpMethod.Post, query, "copy-bck", """{"prepend":"c/"}""", "copy-bck");
        (await Http.PutAsync(fixture.Proxy, $"{copy}/other", TwoClusters.Text("not of the copy"))).Succeeded();
        (await Http.DeleteAsync(fixture.FarProxy, $"{bucket}/o02")).Succeeded();
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/o03", TwoClusters.Text("newer"))).Succeeded();

        await fixture.RunAtAsync(HttpMethod.Post, query, "copy-bck", """{"prepend":"c/"}""", "copy-bck");
        Assert.Equal("o03", (await Http.GetAsync(fixture.Proxy, $"{copy}/c/o03")).Succeeded().Text);
        await fixture.RunAtAsync(
            HttpMethod.Post, query, "copy-bck", """{"prepend":"c/","latest-ver":true}""", "copy-bck");
        Assert.Equal("newer", (await Http.GetAsync(fixture.Proxy, $"{copy}/c/o03")).Succeeded().Text);
        Assert.Equal(200, (await Http.HeadAsync(fixture.Proxy, $"{copy}/c/o02")).Code);

        await fixture.RunAtAsync(
            HttpMethod.Post, query, "copy-bck", """{"prepend":"c/","synchronize":true}""", "copy-bck");
        Assert.Equal(
            ["c/o00", "c/o01", "c/o03", "c/o04", "c/o05", "c/o06", "c/o07", "other"], await Http.ListAsync(fixture.Proxy, copy));

        (await Http.DeleteAsync(fixture.FarProxy, $"{bucket}/o04")).Succeeded();
        await fixture.RunAtAsync(
            HttpMethod.Post, bucket + TwoClusters.Query(), "copy-listrange",
            $$"""{"objnames":["o04","o05"],"prepend":"c/","synchronize":true,"tobck":{"name":"{{copy}}","provider":"ais"} }""",
            "copy-listrange");
        Assert.Equal(404, (await Http.HeadAsync(fixture.Proxy, $"{copy}/c/o04")).Code);
        Assert.Equal(200, (await Http.HeadAsync(fixture.Proxy, $"{copy}/c/o05")).Code);
        var refused = await Http.ActAsync(
            HttpMethod.Post, $"{fixture.Proxy}/v1/buckets/{query}", "copy-bck", """{"synchronize":true,"ext":{"a":"b"}}""");
        Assert.Equal(400, refused.Code);
    }

    [Fact]
    public async Task FilesArePromotedToTheHomeOfARemoteBucket()
    {
        var bucket = await fixture.NewFarBucketAsync();
        var folder = $"{fixture.Near.PromoteRoot}/{bucket}";
        Directory.CreateDirectory($"{folder}/below");
        var files = Enumerable.Range(0, 6).Select(i => $"f{i}").Append("below/deep").ToArray();
        foreach (var file in files)
        {
            await File.WriteAllTextAsync($"{folder}/{file}", $"content of {file}", TestContext.Current.CancellationToken);
        }
        (await Http.PutAsync(fixture.FarProxy, $"{bucket}/p/f0", TwoClusters.Text("theirs"))).Succeeded();

        // What its home has is not replaced unless that is asked for; the few files need no job.
        await PromoteAsync(bucket, folder, """ "obj":"p/","rcr":true,"ovw":false,"dls":false """);
        Assert.Equal("theirs", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/p/f0")).Succeeded().Text);
        await PromoteAsync(bucket, folder, """ "obj":"p/","rcr":true,"ovw":true,"dls":true """);
        foreach (var file in files)
        {
            var home = (await Http.GetAsync(fixture.FarProxy, $"{bucket}/p/{file}")).Succeeded();
            Assert.Equal($"content of {file}", home.Text);
            Assert.Equal(home.Text, (await GetAsync(bucket, $"p/{file}")).Succeeded().Text);
        }
        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
        Assert.Equal(files.Select(file => $"p/{file}").Order(StringComparer.Ordinal), await fixture.StoredAsync(bucket));
    }

    [Fact]
    public async Task WhatIsNotAnObjectOfThisClusterIsNotRenamed()
    {
        var bucket = await fixture.FilledAsync(1);
        var reply = await Http.FollowAsync(
            HttpMethod.Post, $"{fixture.Proxy}/v1/objects/{bucket}/o00{TwoClusters.Query()}",
            TwoClusters.Text("""{"action":"rename-obj","name":"x"}"""));
        Assert.Equal(501, reply.Code);
        Assert.Equal("o00", (await Http.GetAsync(fixture.FarProxy, $"{bucket}/o00")).Succeeded().Text);
    }

    private async Task PromoteAsync(string bucket, string folder, string more)
    {
        var reply = await Http.FollowAsync(
            HttpMethod.Post, $"{fixture.Proxy}/v1/objects/{bucket}{TwoClusters.Query()}",
            TwoClusters.Text($$"""{"action":"promote","name":"{{folder}}","value":{"src":"{{folder}}",{{more}}} }"""));
        Assert.Equal("", reply.Succeeded().Text);
    }

    private Task<TestReply> GetAsync(string bucket, string name) =>
        Http.GetAsync(fixture.Proxy, $"{bucket}/{name}{TwoClusters.Query()}");

    private Task<TestReply> CopyAsync(string source, string to, string more = "") => Http.FollowAsync(
        HttpMethod.Put,
        $"{fixture.Proxy}/v1/objects/{source}{(source.Contains('?', StringComparison.Ordinal) ? '&' : '?')}"
            + $"object_to={Uri.EscapeDataString(to)}{more}");

    private string AppendUrl(string bucket, string name, string type, string handle) =>
        $"{fixture.Proxy}/v1/objects/{bucket}/{name}{TwoClusters.Query()}&append_type={type}"
            + $"&append_handle={Uri.EscapeDataString(handle)}";

    private async Task<string> AppendAsync(string bucket, string name, string handle, string bytes) =>
        (await Http.FollowAsync(HttpMethod.Put, AppendUrl(bucket, name, "append", handle), TwoClusters.Text(bytes)))
        .Succeeded().Header("Ais-Append-Handle")!;

    private Task<TestReply> AddAsync(string bucket, string archive, string file, string mode) => Http.FollowAsync(
        HttpMethod.Put, $"{fixture.Proxy}/v1/objects/{bucket}/{archive}{TwoClusters.Query()}&archpath={file}",
        TwoClusters.Text("in it"), ("Ais-Pine", mode));

    /// <summary>The files in <c>a.tar</c>, as its home has it.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync(string bucket) =>
        await TarAsync((await Http.GetAsync(fixture.FarProxy, $"{bucket}/a.tar")).Succeeded().Body);

    private static async Task<IReadOnlyList<string>> TarAsync(byte[] tar)
    {
        var names = new List<string>();
        await using var reader = new TarReader(new MemoryStream(tar));
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            names.Add(entry.Name);
        }
        return names;
    }
}
