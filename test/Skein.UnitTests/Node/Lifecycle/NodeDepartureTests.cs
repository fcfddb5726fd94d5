using Skein.Node.CommandLine;
using Skein.Node.Hosting;
using Skein.Node.Lifecycle;
using Skein.TestKit;

namespace Skein.UnitTests.Node.Lifecycle;

public sealed class NodeDepartureTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly NodeStartup _startup;

    public NodeDepartureTests()
    {
        _startup = NodeStartupLoader.Load(
            NodeOptionsParser.Parse(["-role", "target", "-data", _folder.Path, "-mountpaths", "2"]), new NodeEnvironment());
        Directory.CreateDirectory(Conf);
        foreach (var mountpath in _startup.Node.Mountpaths)
        {
            foreach (var file in new[]
            {
                "@ais/bucket/%ob/folder/object", "@ais/@#ns/bucket/%ob/o", "@aws/other/%wk/w", ".skein.index/rows",
                ".skein.mountpath", "lost+found/precious", "@mine/precious", "readme",
            })
            {
                Write(Path.Combine(mountpath.Path, file));
            }
        }
        foreach (var file in new[] { ".skein.document", ".skein.accepted", ".skein.vote", ".skein.timeline", "ais.json" })
        {
            Write(Path.Combine(Conf, file));
        }
    }

    private string Conf => _startup.Node.ConfigDirectory;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_mark_nothing_is_forgotten()
    {
        Assert.Null(NodeDeparture.Finish(_startup));
        Assert.True(File.Exists(Path.Combine(Conf, ".skein.vote")));
    }

    [Fact]
    public void The_node_forgets_its_cluster_and_keeps_its_id_with_its_objects()
    {
        var before = NodeIdentity.Load(Conf, "");
        new NodeDeparture(RemoveUserData: false, NoShutdown: true).Mark(Conf);
        new NodeDeparture(RemoveUserData: true, NoShutdown: false).Mark(Conf); // the first word counts
        Assert.Equal(new NodeDeparture(false, true), NodeDeparture.Finish(_startup));
        Assert.Equal([".skein.node", "ais.json"], Directory.GetFiles(Conf).Select(Path.GetFileName).Order());
        var after = NodeIdentity.Load(Conf, "");
        Assert.Equal(before.Id, after.Id);
        Assert.NotEqual(before.Incarnation, after.Incarnation);
        Assert.All(_startup.Node.Mountpaths, m => Assert.True(File.Exists(m.Path + "/@ais/bucket/%ob/folder/object")));
        Assert.Null(NodeDeparture.Finish(_startup));
    }

    [Fact]
    public void The_objects_go_when_that_is_asked_for_and_nothing_else_does()
    {
        NodeIdentity.Load(Conf, "");
        new NodeDeparture(RemoveUserData: true, NoShutdown: false).Mark(Conf);
        // A run that was killed in the middle: part of it is gone already.
        Directory.Delete(_startup.Node.Mountpaths[0].Path + "/@ais", recursive: true);
        File.Delete(Path.Combine(Conf, ".skein.vote"));
        Assert.Equal(new NodeDeparture(true, false), NodeDeparture.Finish(_startup));
        Assert.Equal(["ais.json"], Directory.GetFiles(Conf).Select(Path.GetFileName));
        foreach (var mountpath in _startup.Node.Mountpaths)
        {
            Assert.Equal(
                ["@mine", "lost+found", "readme"],
                Directory.GetFileSystemEntries(mountpath.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_damaged_mark_removes_no_objects()
    {
        NodeIdentity.Load(Conf, "");
        File.WriteAllText(Path.Combine(Conf, ".skein.leaving"), "{\"rm_user_data\":tru");
        Assert.Equal(new NodeDeparture(false, false), NodeDeparture.Finish(_startup));
        Assert.True(File.Exists(_startup.Node.Mountpaths[0].Path + "/@ais/bucket/%ob/folder/object"));
        Assert.False(File.Exists(Path.Combine(Conf, ".skein.vote")));
    }

    [Fact]
    public void Mountpaths_that_were_added_at_run_time_are_treated_as_the_others()
    {
        var added = _folder.Combine("added");
        Write(added + "/@ais/bucket/%ob/o");
        var registry = Path.Combine(Conf, ".skein.mountpaths");
        var detached = _startup.Node.Mountpaths[0].Path;
        var text = $$"""
            {"format":1,"node_id":"n","mountpaths":[
            {"path":"{{added}}","label":"","id":"i","state":"available","reason":"","may_hold_objects":false},
            {"path":"{{detached}}","label":"","id":"j","state":"detached","reason":"","may_hold_objects":false}],
            "sets":[],"anywhere":false}
            """;
        File.WriteAllText(registry, text);
        NodeIdentity.Load(Conf, "");
        new NodeDeparture(RemoveUserData: false, NoShutdown: false).Mark(Conf);
        NodeDeparture.Finish(_startup);
        Assert.Equal(text, File.ReadAllText(registry));
        Assert.True(File.Exists(added + "/@ais/bucket/%ob/o"));
        new NodeDeparture(RemoveUserData: true, NoShutdown: false).Mark(Conf);
        NodeDeparture.Finish(_startup);
        Assert.False(File.Exists(registry));
        Assert.Empty(Directory.GetFileSystemEntries(added));
        Assert.False(Directory.Exists(_startup.Node.Mountpaths[1].Path + "/@ais"));
        Assert.True(File.Exists(detached + "/@ais/bucket/%ob/folder/object")); // not this node's any more
    }

    private static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
    }
}
