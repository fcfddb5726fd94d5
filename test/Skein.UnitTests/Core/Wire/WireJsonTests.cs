using System.Text;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.UnitTests.Core.Wire;

public sealed class WireJsonTests
{
    [Theory]
    [InlineData("""{"objnames":-22342285}""", "the JSON value at $.objnames (line 1, byte 21) has the wrong type")]
    [InlineData("""{"objnames":[1]}""", "the JSON value at $.objnames[0] (line 1, byte 14) has the wrong type")]
    [InlineData("""{"num-workers":"many"}""", "the JSON value at $.num-workers (line 1, byte 21) has the wrong type")]
    [InlineData("[]", "the JSON value at $ (line 1, byte 1) has the wrong type")]
    public void AWrongTypeIsToldByItsPlaceAndNotByTheProgramsNames(string json, string reason)
    {
        var whole = Assert.Throws<StoreException>(() => WireJson.Read(
            Encoding.UTF8.GetBytes(json), WireJsonContext.Default.NamesMessage, "*apc.ListRange", "copy-listrange"));
        Assert.Equal(StoreErrorCode.InvalidRequest, whole.Code);
        Assert.Equal("failed to unmarshal [*apc.ListRange] (copy-listrange), err: " + reason, whole.Message);

        using var document = JsonDocument.Parse(json);
        var value = Assert.Throws<StoreException>(
            () => WireJson.Read(document.RootElement, WireJsonContext.Default.NamesMessage, "*apc.ListRange", ""));
        Assert.Equal("failed to unmarshal [*apc.ListRange], err: " + reason, value.Message);
    }

    [Theory]
    [InlineData("{\"template\":", "Expected")]
    [InlineData("{\"template\":\"\\ud800\"}", "a string at byte 12 is no text")]
    [InlineData("nothing", "'nothing' is an invalid JSON literal")]
    [InlineData("x", "'x' is an invalid start of a value (line 1, byte 0)")]
    [InlineData("", "The input does not contain any JSON tokens (line 1, byte 0)")]
    public void WhatIsNoJsonIsToldInTheLibrarysWordsAndByItsPlace(string json, string reason)
    {
        var error = Assert.Throws<StoreException>(() => WireJson.Read(
            Encoding.UTF8.GetBytes(json), WireJsonContext.Default.NamesMessage, "*apc.ListRange", "PUT"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoValueAndNullAreNothing()
    {
        Assert.Null(WireJson.Read((JsonElement?)null, WireJsonContext.Default.NamesMessage, "*apc.ListRange", ""));
        Assert.Null(WireJson.Read("null"u8, WireJsonContext.Default.NamesMessage, "*apc.ListRange", ""));
        using var document = JsonDocument.Parse("null");
        Assert.Null(WireJson.Read(document.RootElement, WireJsonContext.Default.NamesMessage, "*apc.ListRange", ""));
        Assert.Equal("failed to unmarshal [*apc.ActMsg] (PUT), err: EOF", WireJson.Missing("*apc.ActMsg", "PUT").Message);
    }
}
