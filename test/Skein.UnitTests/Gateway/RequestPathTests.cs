using CsCheck;
using Skein.Core.Errors;
using Skein.Gateway.Rest;

namespace Skein.UnitTests.Gateway;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/v1/objects/b/o", "objects", 4, "b", "o")]
    [InlineData("/v1/objects/b/a%2Fb%20c%3f%23", "objects", 4, "b", "a/b c?#")]
    [InlineData("//v1/objects/b/dir/o", "objects", 5, "b", "dir/o")]
    [InlineData("/v1/objects/b/../c", "objects", 5, "b", "../c")]
    [InlineData("/v1/objects/b/%2e%2e/c", "objects", 5, "b", "../c")]
    [InlineData("/v1/objects/b/a//b", "objects", 6, "b", "a//b")]
    [InlineData("/v1/objects/b/dir/", "objects", 4, "b", "dir/")]
    [InlineData("/v1/objects/b/%C3%A9+x", "objects", 4, "b", "é+x")]
    [InlineData("http://host:80/v1/objects/b/o", "objects", 4, "b", "o")]
    public void ReadsWhatStandsOnTheRequestLine(string target, string resource, int count, string bucket, string name)
    {
        var path = RequestPath.Parse(target);
        Assert.True(path.IsVersioned);
        Assert.Equal(resource, path.Resource);
        Assert.Equal(count, path.Count);
        Assert.Equal(bucket, path.Segment(2));
        Assert.Equal(name, path.Rest(3));
    }

    [Fact]
    public void KeepsTheRawQuery()
    {
        var path = RequestPath.Parse("/v1/buckets/b?a=%20+&b");
        Assert.Equal("a=%20+&b", path.RawQuery);
        var query = RequestQuery.Parse(path.RawQuery);
        Assert.Equal("  ", query.Get("a"));
        Assert.True(query.Has("b"));
        Assert.False(query.Has("c"));
    }

    [Theory]
    [InlineData("/v1/objects/b/%")]
    [InlineData("/v1/objects/b/%2")]
    [InlineData("/v1/objects/b/%zz")]
    [InlineData("/v1/objects/b/%ff%fe")]
    public void RefusesBadEscapes(string target)
    {
        var error = Assert.Throws<StoreException>(() => RequestPath.Parse(target));
        Assert.Equal(StoreErrorCode.InvalidPath, error.Code);
    }

    [Fact]
    public void EveryNameSurvivesTheUrl() =>
        Gen.String.Where(text => text.Length > 0 && text.All(unit => !char.IsSurrogate(unit))).Sample(name =>
        {
            var path = RequestPath.Parse("/v1/objects/b/" + PercentEncoding.EncodePath(name) + "?x=1");
            return path.Rest(3) == name && path.RawQuery == "x=1";
        });

    [Fact]
    public void AnyTargetIsReadOrRefused() => Gen.String[Gen.Char['!', '~'], 0, 60].Sample(text =>
    {
        try
        {
            var path = RequestPath.Parse("/" + text);
            for (var i = 0; i < path.Count; i++)
            {
                _ = path.Segment(i);
                _ = path.Rest(i);
            }
        }
        catch (StoreException error)
        {
            Assert.Equal(StoreErrorCode.InvalidPath, error.Code);
        }
    });
}
