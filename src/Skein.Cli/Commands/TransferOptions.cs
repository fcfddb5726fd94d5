using System.CommandLine;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Core.Buckets;

namespace Skein.Cli.Commands;

/// <summary>What put, get and rmo have in common.</summary>
internal static class TransferOptions
{
    /// <summary>The option that sets how many objects are moved at once.</summary>
    public static Option<int> Workers() => new("--num-workers")
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

    /// <summary>Fails early, and once, when the bucket does not exist.</summary>
    /// <exception cref="CliException">When it does not.</exception>
    public static async Task RequireBucketAsync(SkeinClient client, BucketName bucket, CancellationToken cancellation)
    {
        if (await client.Buckets.HeadAsync(bucket, cancellation) is null)
        {
            throw new CliException(
                $"ErrBckNotFound: bucket \"{bucket}\" does not exist", $"create it with 'skein create {bucket}'");
        }
    }
}
