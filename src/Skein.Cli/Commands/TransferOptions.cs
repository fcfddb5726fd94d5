using System.CommandLine;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;

namespace Skein.Cli.Commands;

/// <summary>What put, get and rmo have in common.</summary>
internal static class TransferOptions
{
    /// <summary>The option that sets how many objects are moved at once.</summary>
    public static Option<int> Workers() => new("--num-workers", "--conc")
    {
        Description = "How many objects are moved at once",
        HelpName = "N",
        DefaultValueFactory = _ => 8,
    };

    /// <summary>Checks the number of workers.</summary>
    /// <exception cref="CliException">When it is out of range.</exception>
    public static int Check(int workers) => workers is >= 1 and <= TransferRunner.MaxWorkers
        ? workers
        : throw new CliException($"--num-workers must be between 1 and {TransferRunner.MaxWorkers}");

    /// <summary><c>--offset</c>.</summary>
    public static Option<string?> Offset() => new("--offset") { Description = "First byte to read", HelpName = "SIZE" };

    /// <summary><c>--length</c>.</summary>
    public static Option<string?> Length() => new("--length") { Description = "How many bytes", HelpName = "SIZE" };

    /// <summary>The range that the two options mean.</summary>
    /// <exception cref="CliException">When one is no size.</exception>
    public static GetOptions Range(string? offset, string? length)
    {
        var first = Size(offset, "--offset") ?? 0;
        var count = Size(length, "--length");
        return count is not 0
            ? new GetOptions { Offset = first, Length = count }
            : throw new CliException("--length must be at least 1");
    }

    /// <summary>The size that an option names; null when it was not given.</summary>
    /// <exception cref="CliException">When it is no size.</exception>
    public static long? Size(string? text, string option) => text is null ? null
        : SizeText.TryParse(text, out var size) ? size
        : throw new CliException($"invalid size \"{text}\" of {option}", "write it as 100, 64KiB or 1.5GiB");

    /// <summary>Fails early, and once, when the bucket does not exist.</summary>
    /// <exception cref="CliException">When it does not.</exception>
    public static async Task RequireBucketAsync(SkeinClient client, BucketName bucket, CancellationToken cancellation)
    {
        if (await client.Buckets.HeadAsync(bucket, cancellation) is null)
        {
            throw NoBucket(bucket);
        }
    }

    /// <summary>The error of a bucket that does not exist.</summary>
    public static CliException NoBucket(BucketName bucket) => new(
        $"ErrBckNotFound: bucket \"{bucket}\" does not exist", $"create it with 'skein create {bucket}'");
}
