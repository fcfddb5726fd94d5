using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Node.Hosting;

namespace Skein.Node.Settings;

/// <summary>
/// What <c>set-config</c> of this node has set: kept in <see cref="FileName"/>, and what is transient in memory. Both are
/// laid over the configuration of every control document.
/// </summary>
internal sealed class NodeSettings : INodeSettings
{
    /// <summary>File in the configuration folder.</summary>
    public const string FileName = ".skein.override_config";

    /// <summary>Sections on which all nodes have to agree: leases, elections, who leads, where remote objects are.</summary>
    private static readonly string[] OfTheCluster = ["skein", "proxy", "backend", "auth"];

    private readonly MetadataFeed _feed;
    private readonly string _file;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private JsonObject _kept = [];
    private JsonObject _transient = [];

    /// <summary>Loads what the file has.</summary>
    /// <exception cref="StoreException">When the file cannot be read.</exception>
    public NodeSettings(string folder, MetadataFeed feed, ILogger logger)
    {
        _file = Path.Combine(folder, FileName);
        _feed = feed;
        _logger = logger;
        try
        {
            if (File.Exists(_file))
            {
                _kept = JsonNode.Parse(File.ReadAllText(_file)) as JsonObject ?? [];
            }
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{_file} cannot be read: {error.Message}; mend it or remove it", error);
        }
        _feed.SetOverlay(Overlay);
    }

    /// <inheritdoc/>
    public void Set(JsonObject changes, bool transient)
    {
        foreach (var (section, _) in changes)
        {
            if (OfTheCluster.Contains(section, StringComparer.OrdinalIgnoreCase))
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"\"{section}\" cannot be set for one node or transiently: the whole cluster has to agree on it");
            }
        }
        lock (_lock)
        {
            var (kept, temporary) = ((JsonObject)_kept.DeepClone(), (JsonObject)_transient.DeepClone());
            Lay(transient ? temporary : kept, changes);
            var config = _feed.Committed.Document.Config;
            ConfigPatch.Apply(ConfigPatch.Apply(config, kept), temporary);
            if (!transient)
            {
                Save(kept);
            }
            (_kept, _transient) = (kept, temporary);
        }
        _feed.SetOverlay(Overlay);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        lock (_lock)
        {
            Save([]);
            (_kept, _transient) = ([], []);
        }
        _feed.SetOverlay(Overlay);
    }

    private ClusterConfig Overlay(ClusterConfig config)
    {
        JsonObject kept;
        JsonObject temporary;
        lock (_lock)
        {
            (kept, temporary) = (_kept, _transient);
        }
        if (kept.Count == 0 && temporary.Count == 0)
        {
            return config;
        }
        try
        {
            return ConfigPatch.Apply(ConfigPatch.Apply(config, kept), temporary);
        }
        catch (StoreException error)
        {
            // What was set no longer fits to what the cluster has.
            NodeLog.SettingsIgnored(_logger, error.Message);
            return config;
        }
    }

    private static void Lay(JsonObject into, JsonObject changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is JsonObject inner && into[key] is JsonObject known)
            {
                Lay(known, inner);
            }
            else
            {
                into[key] = value?.DeepClone();
            }
        }
    }

    private void Save(JsonObject kept)
    {
        try
        {
            if (kept.Count == 0)
            {
                File.Delete(_file);
                return;
            }
            var temporary = _file + ".tmp";
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(kept.ToJsonString()));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, _file, overwrite: true);
            FolderFlush.Flush(Path.GetDirectoryName(_file)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.Internal, $"the configuration of this node cannot be kept: {error.Message}", error);
        }
    }
}
