using Skein.Core.Buckets;

namespace Skein.UnitTests.Core.Buckets;

public sealed class AccessPermissionsTests
{
    [Theory]
    [InlineData(2UL, "[HEAD-OBJECT]")]
    [InlineData(5UL, "[GET PUT]")]
    [InlineData(0UL, "[none]")]
    public void Describes_itself_in_the_words_of_the_protocol(ulong bits, string words) =>
        Assert.Equal(words, ((AccessPermissions)bits).Describe());

    [Fact]
    public void The_last_bit_and_the_groups_have_their_wire_values()
    {
        Assert.Equal(131072UL, (ulong)AccessPermissions.Admin);
        Assert.Equal(4867UL, (ulong)AccessPermissions.ReadOnly);
        Assert.Equal(4867UL + 4 + 8 + 16 + 32, (ulong)AccessPermissions.ReadWrite);
        Assert.Equal(18446744073709551615UL, (ulong)AccessPermissions.All);
        Assert.True(AccessPermissions.ReadWrite.Allows(AccessPermissions.Put));
        Assert.False(AccessPermissions.ReadOnly.Allows(AccessPermissions.Put));
    }

    [Theory]
    [InlineData("ro", AccessPermissions.ReadOnly)]
    [InlineData("SU", AccessPermissions.All)]
    [InlineData("GET, put", AccessPermissions.Get | AccessPermissions.Put)]
    [InlineData("ro,PUT", AccessPermissions.ReadOnly | AccessPermissions.Put)]
    [InlineData("6", AccessPermissions.HeadObject | AccessPermissions.Put)]
    [InlineData("none", AccessPermissions.None)]
    public void Reads_numbers_groups_and_words(string text, AccessPermissions expected)
    {
        Assert.True(AccessPermissionWords.TryParse(text, out var read));
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET,")]
    [InlineData("-1")]
    [InlineData("write")]
    public void Refuses_other_words(string text) => Assert.False(AccessPermissionWords.TryParse(text, out _));
}
