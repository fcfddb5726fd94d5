using Skein.Rebalance;

if (RebalanceOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(RebalanceOptions.Usage);
    return 2;
}
await SpeedBench.RunAsync("4 KiB", 4 << 10, options.SmallObjects);
await SpeedBench.RunAsync("1 MiB", 1 << 20, options.LargeObjects);
await ForegroundBench.RunAsync(options.ForegroundObjects);
return 0;
