using System.Collections.Immutable;
using Skein.Core.Maps;
using Skein.Core.Placement;

namespace Skein.UnitTests.Core.Maps;

public sealed class RebalanceMetadataTests
{
    private static readonly ImmutableArray<string> Two = ["target01", "target02"];
    private static readonly ImmutableArray<string> Three = ["target01", "target02", "target03"];
    private static readonly ImmutableArray<string> Others = ["target01", "target03"];

    [Fact]
    public void Without_data_every_set_is_complete_at_once()
    {
        var first = RebalanceMetadata.Empty.After(Two, 3, hasData: false).After(Three, 5, hasData: false);
        Assert.True(first.IsSettled);
        Assert.Equal(5, first.OwnersVersion);
        Assert.Equal(Three.ToArray(), first.TargetIds.ToArray());
    }

    [Fact]
    public void A_set_that_comes_back_is_another_ownership_and_is_not_settled()
    {
        var three = RebalanceMetadata.Empty.After(Three, 2, hasData: false);
        Assert.Same(three, three.After(Three, 9, hasData: true));
        var back = three.After(Others, 4, hasData: true).After(Three, 7, hasData: true);
        Assert.False(back.IsSettled);
        Assert.Equal(7, back.OwnersVersion);
        Assert.Equal([2L, 4, 7], back.Owners.Select(owners => owners.Since));
        Assert.True(back.Settled().IsSettled);
        Assert.Equal(7, back.Settled().OwnersVersion);
    }

    [Fact]
    public void After_a_loss_any_target_may_hold_anything_until_all_are_clean()
    {
        var before = RebalanceMetadata.Empty.After(Three, 2, hasData: false);
        Assert.Same(before, before.AfterLoss(1002, hasData: false));
        var after = before.AfterLoss(1002, hasData: true);
        Assert.False(after.IsSettled);
        Assert.Equal(1002, after.OwnersVersion);
        var digest = Digest(after, "target02");
        Assert.Null(after.Holders("target02", digest, writtenUnder: 2));
        Assert.Empty(after.Holders("target02", digest, writtenUnder: 1002)!);
        Assert.False(after.MayWrite("target02", digest, floor: 1001));
        Assert.True(after.MayWrite("target02", digest, floor: 1002));
    }

    [Fact]
    public void Two_changes_in_one_document_are_one()
    {
        var sets = RebalanceMetadata.Empty.After(Two, 2, hasData: false)
            .After(Three, 4, hasData: true).After(Others, 4, hasData: true);
        Assert.Equal([2L, 4], sets.Owners.Select(owners => owners.Since));
        Assert.Equal(Others.ToArray(), sets.Owners[^1].TargetIds.ToArray());
    }

    [Fact]
    public void Only_those_who_owned_a_name_later_than_it_was_written_are_asked()
    {
        var sets = RebalanceMetadata.Empty.After(Three, 2, hasData: false)
            .After(Others, 4, hasData: true).After(Three, 7, hasData: true);
        var of2 = Digest(sets, "target02");
        var interim = sets.Owners[1].Owner(of2);
        Assert.Equal([interim], sets.Holders("target02", of2, writtenUnder: 2));
        Assert.Empty(sets.Holders("target02", of2, writtenUnder: 7)!);
        Assert.Equal([interim], sets.Holders("target02", of2, writtenUnder: -1));
        var of1 = Digest(sets, "target01");
        Assert.Empty(sets.Holders("target01", of1, writtenUnder: -1)!);
    }

    [Fact]
    public void A_name_is_written_only_by_the_owner_of_all_sets_that_may_be_in_force()
    {
        var sets = RebalanceMetadata.Empty.After(Three, 2, hasData: false)
            .After(Others, 4, hasData: true).After(Three, 7, hasData: true);
        var of2 = Digest(sets, "target02");
        var interim = sets.Owners[1].Owner(of2);
        Assert.False(sets.MayWrite(interim, of2, floor: 100));
        Assert.True(sets.MayWrite("target02", of2, floor: 7));
        Assert.False(sets.MayWrite("target02", of2, floor: 6));
        Assert.False(sets.MayWrite("target02", of2, floor: 0));
        var of1 = Digest(sets, "target01");
        Assert.True(sets.MayWrite("target01", of1, floor: 0));
    }

    [Fact]
    public void A_target_that_comes_and_goes_does_not_fill_the_list()
    {
        var sets = RebalanceMetadata.Empty.After(Three, 1, hasData: false);
        for (var version = 2; version < 40; version++)
        {
            sets = sets.After(version % 2 == 0 ? Others : Three, version, hasData: true);
        }
        Assert.False(sets.IsCut);
        Assert.Equal([1L, 37, 38, 39], sets.Owners.Select(owners => owners.Since));
    }

    /// <summary>
    /// Found by the simulator: a target came back and was taken out by one document. The set with it, under which it had
    /// taken writes, was replaced by the one in between, and with that forgotten.
    /// </summary>
    [Fact]
    public void A_set_that_comes_and_goes_within_one_document_does_not_take_an_earlier_one_with_it()
    {
        var sets = RebalanceMetadata.Empty.After(Others, 1, hasData: true).After(Three, 2, hasData: true)
            .After(Others, 5, hasData: true);
        sets = sets.After(Three, 7, hasData: true).After(Others, 7, hasData: true);
        Assert.Contains(sets.Owners, owners => owners.HasSameTargets(Three.AsSpan()));
        sets = sets.After(Three, 9, hasData: true).After(Others, 10, hasData: true);
        Assert.Contains(sets.Owners, owners => owners.Since == 9 && owners.HasSameTargets(Three.AsSpan()));
        Assert.DoesNotContain(sets.Owners, owners => owners.Since == 2);
    }

    /// <summary>What is left out of the list changes no answer for the worse, compared with the whole history.</summary>
    [Fact]
    public void Equal_sets_are_found_by_the_latest_of_them()
    {
        var random = new Random(5);
        for (var run = 0; run < 300; run++)
        {
            var all = new List<OwnerSet> { new(1, Three) };
            var sets = RebalanceMetadata.Empty.After(Three, 1, hasData: false);
            for (var version = 2; version < 12; version++)
            {
                ImmutableArray<string> ids = [.. Three.Where(_ => random.Next(3) > 0)];
                if (!ids.IsEmpty && !all[^1].HasSameTargets(ids.AsSpan()))
                {
                    all.Add(new OwnerSet(version, ids));
                    sets = sets.After(ids, version, hasData: true);
                }
            }
            var whole = new RebalanceMetadata(0, [.. all]);
            for (var question = 0; question < 40; question++)
            {
                var digest = HrwDigest.OfObject("ais/@#/b", $"o{random.Next(1000)}");
                var at = random.Next(-1, 13);
                var self = Three[random.Next(Three.Length)];
                Assert.Subset(
                    sets.Holders(self, digest, at)!.ToHashSet(), whole.Holders(self, digest, at)!.ToHashSet());
                Assert.True(whole.MayWrite(self, digest, at) || !sets.MayWrite(self, digest, at));
            }
        }
    }

    [Fact]
    public void When_sets_are_left_out_any_target_may_hold_a_copy()
    {
        var sets = RebalanceMetadata.Empty.After(Two, 1, hasData: false);
        for (var version = 2; version < 40; version++)
        {
            sets = sets.After(["target01", $"target{version}"], version, hasData: true);
        }
        Assert.True(sets.IsCut);
        Assert.Equal(RebalanceMetadata.MaxOwnerSets, sets.Owners.Length);
        var digest = HrwDigest.OfObject("ais/@#/b", "o");
        Assert.Null(sets.Holders("target01", digest, writtenUnder: 1));
        Assert.False(sets.MayWrite(sets.Owners[^1].Owner(digest), digest, floor: 5));
        Assert.True(sets.MayWrite(sets.Owners[^1].Owner(digest), digest, floor: 39));
        Assert.True(sets.Settled().IsSettled);
    }

    private static ulong Digest(RebalanceMetadata sets, string owner) => Enumerable.Range(0, 1000)
        .Select(i => HrwDigest.OfObject("ais/@#/b", $"o{i}"))
        .First(digest => sets.Owners[^1].Owner(digest) == owner);
}
