using System.Text.Json.Nodes;
using Skein.Core.Errors;

namespace Skein.Gateway.Ports;

/// <summary>What one node lays over the configuration of the cluster for itself.</summary>
public interface INodeSettings
{
    /// <summary>Sets keys for this node; in force, and durable unless transient, when it returns.</summary>
    /// <param name="changes">Keys and values as <c>set-config</c> takes them; empty changes nothing.</param>
    /// <param name="transient">True to forget them with the process.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> when a key is unknown, a value is wrong, or the whole cluster has to
    /// agree on it.
    /// </exception>
    void Set(JsonObject changes, bool transient);

    /// <summary>Forgets everything that was set, transient or not.</summary>
    void Reset();
}

/// <summary>The log files of a node.</summary>
public interface INodeLogs
{
    /// <summary>The file that is written now.</summary>
    string CurrentFile { get; }

    /// <summary>All files, the one that is written now first; there may be none.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Begins a new file.</summary>
    void Rotate();
}
