using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Cluster.Metadata;
using Skein.Core.Wire;

namespace Skein.Target.Jobs;

/// <summary>
/// The jobs of a target on its disk, those that run and those that have ended: a small JSON file in the node's
/// configuration folder, written as a <see cref="DurableFile"/>.
/// </summary>
/// <param name="folder">The folder; must exist.</param>
public sealed class JobHistoryFile(string folder)
{
    /// <summary>Version of the file format.</summary>
    public const int Format = 1;

    /// <summary>Name of the file.</summary>
    public const string FileName = ".skein.jobs";

    /// <summary>The folder of the file.</summary>
    public string Folder => folder;

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, FileName);

    /// <summary>Reads the jobs; none when there is no file.</summary>
    /// <param name="problem">
    /// Why the file could not be read; null when all is well. Such a file is kept beside the next one, with
    /// <c>.damaged</c> at the end of its name.
    /// </param>
    public IReadOnlyList<JobSnap> Load(out string? problem)
    {
        problem = null;
        try
        {
            if (!File.Exists(Path))
            {
                return [];
            }
            if (new FileInfo(Path).Length > JobLimits.HistoryFile)
            {
                throw new InvalidDataException($"larger than {JobLimits.HistoryFile} bytes");
            }
            var content = JsonSerializer.Deserialize(File.ReadAllBytes(Path), JobFileJsonContext.Default.JobFileContent);
            return content is { Version: Format, Jobs: { } jobs }
                ? jobs
                : throw new InvalidDataException($"format {content?.Version}, this build reads format {Format}");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = $"{Path}: {e.Message}";
            KeepDamaged();
            return [];
        }
    }

    /// <summary>Writes the jobs; when it returns they survive the loss of power.</summary>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public void Save(IReadOnlyList<JobSnap> jobs)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new JobFileContent { Version = Format, Jobs = jobs }, JobFileJsonContext.Default.JobFileContent);
        DurableFile.Write(Path, bytes);
    }

    private void KeepDamaged()
    {
        try
        {
            File.Move(Path, Path + ".damaged", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next Save replaces it.
        }
    }
}

/// <summary>What the file holds.</summary>
internal sealed record JobFileContent
{
    [JsonPropertyName("version"), JsonPropertyOrder(1)]
    public int Version { get; init; }

    [JsonPropertyName("jobs"), JsonPropertyOrder(2)]
    public IReadOnlyList<JobSnap> Jobs { get; init; } = [];
}

/// <summary>JSON of the file.</summary>
[JsonSourceGenerationOptions(MaxDepth = 32)]
[JsonSerializable(typeof(JobFileContent))]
internal sealed partial class JobFileJsonContext : JsonSerializerContext;
