using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Mountpaths;

namespace Skein.UnitTests.Storage;

public sealed class MountpathTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "skein-test-" + Guid.NewGuid().ToString("N"));

    public MountpathTests() => Directory.CreateDirectory(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_good_set_is_opened_described_and_keeps_its_identity()
    {
        string id;
        using (var set = Open("t1", ("a", "fast"), ("b/", "")))
        {
            Assert.Equal([_root + "/a", _root + "/b"], set.All.Select(m => m.Path));
            Assert.Equal("fast", set.All[0].Label);
            Assert.Equal(HrwDigest.OfText(_root + "/a"), set.All[0].Digest);
            Assert.True(set.IsSettled);
            Assert.NotEqual("?", set.All[0].FileSystem.Type);
            var capacity = set.All[0].Capacity();
            Assert.InRange(capacity.PercentUsed, 0, 100);
            Assert.InRange(capacity.AvailableBytes, 1, capacity.TotalBytes);
            id = set.All[1].Id;
            var digest = HrwDigest.OfObject("ais/@#/b", "o");
            Assert.Same(set.All[Hrw.Choose(digest, [.. set.All.Select(m => m.Digest)])], set.Choose(digest));
        }
        using var again = Open("t1", ("b", ""), ("a", ""));
        Assert.Equal(id, again.All[0].Id);
        Assert.True(again.IsSettled);
        Assert.DoesNotContain(Directory.GetFiles(_root + "/a"), f => f.EndsWith("probe", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_set_of_paths_is_remembered_as_unsettled()
    {
        Open("t1", ("a", "")).Dispose();
        using (var more = Open("t1", ("a", ""), ("b", "")))
        {
            Assert.False(more.IsSettled);
        }
        using var fewer = Open("t1", ("a", ""));
        Assert.False(fewer.IsSettled); // what lies on b is not forgotten
        Assert.Equal([_root + "/a", _root + "/b"], fewer.All.Select(m => m.Path));
        fewer.Dispose();
        Directory.Move(_root + "/b", _root + "/c");
        using var missing = Open("t1", ("a", ""));
        Assert.Equal(_root + "/b", Assert.Single(missing.View.Missing).Path);
    }

    [Fact]
    public void Bad_mountpaths_are_refused_with_path_and_reason()
    {
        Open("t1", ("a", "")).Dispose();
        File.WriteAllText(_root + "/file", "");
        Refused("does not exist; create the folder", () => Open("t1", create: false, ("missing", "")), "/missing");
        Refused("is a file", () => Open("t1", ("file", "")), "/file");
        Refused("configured twice", () => Open("t1", ("a", ""), ("a/", "")), "/a");
        Refused("lie inside one another", () => Open("t1", ("a", ""), ("a/b", "")), "/a");
        Refused("belongs to node \"t1\", this node is \"t2\"", () => Open("t2", ("a", "")), "/a");
        Refused("not an absolute path", () => MountpathSet.Open([("a", "")], Options("t1", false), NullLogger.Instance));
        Refused("1 to 256 mountpaths", () => MountpathSet.Open([], Options("t1", false), NullLogger.Instance));
        Refused("is the root", () => MountpathSet.Open([("/", "")], Options("t1", false), NullLogger.Instance));
        Refused("does not keep extended attributes", () =>
            MountpathSet.Open([("/proc/self", "")], Options("t1", false), NullLogger.Instance), either: "not writable");
        File.WriteAllText(_root + "/a/" + MountpathIdentity.FileName, "{}");
        Refused("cannot be read", () => Open("t1", ("a", "")), "/a");
    }

    [Fact]
    public void Two_owners_at_once_are_refused()
    {
        using var first = Open("t1", ("a", ""));
        Refused("in use by another process", () => Open("t1", ("a", "")), "/a");
    }

    private static MountpathOptions Options(string node, bool create) => new() { NodeId = node, CreateMissing = create };

    private void Refused(string reason, Func<MountpathSet> open, string path = "", string? either = null)
    {
        var error = Assert.Throws<StoreException>(() => open().Dispose());
        Assert.True(
            error.Message.Contains(reason, StringComparison.Ordinal)
                || (either is not null && error.Message.Contains(either, StringComparison.Ordinal)), error.Message);
        if (path.Length != 0)
        {
            Assert.Contains(_root + path, error.Message, StringComparison.Ordinal);
        }
    }

    private MountpathSet Open(string node, params (string Path, string Label)[] paths) => Open(node, true, paths);

    private MountpathSet Open(string node, bool create, params (string Path, string Label)[] paths) =>
        MountpathSet.Open(
            [.. paths.Select(p => ($"{_root}/{p.Path}", p.Label))], Options(node, create), NullLogger.Instance);
}
