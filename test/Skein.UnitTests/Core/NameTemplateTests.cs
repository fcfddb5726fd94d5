using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.UnitTests.Core;

public sealed class NameTemplateTests
{
    [Theory]
    [InlineData("o-{0..3}", "o-0 o-1 o-2 o-3")]
    [InlineData("o-{001..005..2}.tar", "o-001.tar o-003.tar o-005.tar")]
    [InlineData("{8..11}", "8 9 10 11")]
    [InlineData("a{0..1}-b{5..6}c", "a0-b5c a0-b6c a1-b5c a1-b6c")]
    [InlineData("s-@2-@1.x", "s-0-0.x s-0-1.x s-1-0.x s-1-1.x s-2-0.x s-2-1.x")]
    [InlineData("s-@03", "s-00 s-01 s-02 s-03")]
    [InlineData("o-{5..5}", "o-5")]
    public void ARangeStandsForItsNamesInOrder(string text, string names)
    {
        var template = NameTemplate.Parse(text);
        Assert.False(template.IsPrefix);
        string[] all = [.. template.Names()];
        Assert.Equal(names.Split(' '), all);
        Assert.Equal(all.Length, template.Count);
        Assert.Equal(all[1..], template.Names(1));
    }

    [Theory]
    [InlineData("plain/prefix-")]
    [InlineData("o-{0..9")]
    [InlineData("100%-of-100%")]
    [InlineData("")]
    public void WhatHasNoRangeIsAPrefix(string text)
    {
        var template = NameTemplate.Parse(text);
        Assert.True(template.IsPrefix);
        Assert.Equal(text, template.Prefix);
        Assert.Empty(template.Names());
    }

    [Theory]
    [InlineData("o-{9..1}", "'start' cannot be greater than 'end'")]
    [InlineData("o-{-2..1}", "'start' is negative")]
    [InlineData("o-{1..5..0}", "'step' is non-positive")]
    [InlineData("o-{a..b}", "invalid 'bash' template \"o-{a..b}\"")]
    [InlineData("o-{1}", "invalid 'bash' template")]
    [InlineData("o-}1..2{", "invalid 'bash' template")]
    [InlineData("o-{1..2}-{3", "invalid 'bash' template")]
    [InlineData("o-@x", "invalid 'at' template")]
    [InlineData("o-%06d", "a range needs an end")]
    [InlineData("o-{0..9999999999}", "stands for more than")]
    [InlineData("o-{0..9223372036854775807}", "stands for more than")]
    [InlineData("o-{0..99999}-{0..99999}", "stands for more than")]
    public void AWrongTemplateIsRefused(string text, string message)
    {
        var error = Assert.Throws<StoreException>(() => NameTemplate.Parse(text));
        Assert.Equal(StoreErrorCode.InvalidTemplate, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesAreMadeOneAtATime()
    {
        var template = NameTemplate.Parse("o-{0..999999999}");
        Assert.Equal(1_000_000_000, template.Count);
        Assert.Equal("o-999999999", template.NameAt(999_999_999));
        Assert.Equal(["o-0", "o-1"], template.Names().Take(2));
    }
}
