using Skein.Core.Nodes;
using Skein.Storage.Mountpaths;

namespace Skein.Target.Objects;

/// <summary>Shows where objects lie.</summary>
internal static class Locations
{
    /// <summary><c>t[id]:mp[path, disk]</c>.</summary>
    public static string Of(NodeInfo self, Mountpath mountpath)
    {
        var device = mountpath.FileSystem.Name;
        var slash = device.LastIndexOf('/');
        return $"{self.DisplayName}:mp[{mountpath.Path}, {(slash < 0 ? device : device[(slash + 1)..])}]";
    }
}
