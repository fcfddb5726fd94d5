using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Cluster.Metadata;

namespace Skein.Target.Walks;

/// <summary>
/// The jobs over buckets that run on this target, on its disk: for each a file that says what it is, and one that says how
/// far it is, written as a <see cref="DurableFile"/>.
/// </summary>
/// <param name="parent">The node's configuration folder; must exist.</param>
internal sealed class WalkFiles(string parent)
{
    /// <summary>Name of the folder.</summary>
    public const string FolderName = ".skein.walks";

    private const string RecordEnd = ".json";
    private const string CheckpointEnd = ".progress";

    private readonly string _folder = Path.Combine(parent, FolderName);

    /// <summary>Ids of the jobs.</summary>
    public IReadOnlySet<string> Ids()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (Directory.Exists(_folder))
        {
            foreach (var path in Directory.EnumerateFiles(_folder, "*" + RecordEnd))
            {
                ids.Add(Path.GetFileNameWithoutExtension(path));
            }
        }
        return ids;
    }

    /// <summary>What a job is; null when its file is damaged, which is set aside then.</summary>
    public WalkRecord? Load(string id, out string problem)
    {
        var path = Path.Combine(_folder, id + RecordEnd);
        var record = Read(path, WalkJsonContext.Default.WalkRecord, out problem);
        if (record is { Format: WalkRecord.PresentFormat })
        {
            return record;
        }
        problem = record is null ? problem : $"{path}: format {record.Format}, this build reads {WalkRecord.PresentFormat}";
        File.Move(path, path + ".damaged", overwrite: true);
        return null;
    }

    /// <summary>How far a job was; the beginning when that is not known.</summary>
    public WalkCheckpoint LoadCheckpoint(string id) =>
        Read(Path.Combine(_folder, id + CheckpointEnd), WalkJsonContext.Default.WalkCheckpoint, out _)
            ?? new WalkCheckpoint();

    /// <summary>Writes what a job is; when it returns that survives the loss of power.</summary>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public void Save(WalkRecord record)
    {
        if (!Directory.Exists(_folder))
        {
            Directory.CreateDirectory(_folder);
            FolderFlush.Flush(parent);
        }
        File.Delete(Path.Combine(_folder, record.Id + CheckpointEnd));
        Write(record.Id + RecordEnd, JsonSerializer.SerializeToUtf8Bytes(record, WalkJsonContext.Default.WalkRecord));
    }

    /// <summary>Writes how far a job is.</summary>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public void Save(string id, WalkCheckpoint checkpoint) => Write(
        id + CheckpointEnd, JsonSerializer.SerializeToUtf8Bytes(checkpoint, WalkJsonContext.Default.WalkCheckpoint));

    /// <summary>Forgets a job.</summary>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public void Remove(string id)
    {
        File.Delete(Path.Combine(_folder, id + RecordEnd));
        File.Delete(Path.Combine(_folder, id + CheckpointEnd));
    }

    private static T? Read<T>(string path, JsonTypeInfo<T> type, out string problem)
        where T : class
    {
        problem = "";
        try
        {
            if (!File.Exists(path))
            {
                problem = $"{path} does not exist";
                return null;
            }
            return new FileInfo(path).Length > WalkLimits.FileBytes
                ? throw new InvalidDataException($"larger than {WalkLimits.FileBytes} bytes")
                : JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = $"{path}: {e.Message}";
            return null;
        }
    }

    private void Write(string name, byte[] bytes) => DurableFile.Write(Path.Combine(_folder, name), bytes);
}
