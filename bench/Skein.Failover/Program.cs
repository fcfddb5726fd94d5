using Skein.Failover;

if (FailoverOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(FailoverOptions.Usage);
    return 2;
}
var results = new Results(options.Json ? Console.Error : Console.Out);
var failed = await new FailoverBench(options, results).RunAsync();
if (options.Observers > 0)
{
    await ObserverBench.RunAsync(options, results);
}
if (options.Etcd)
{
    await EtcdBench.RunAsync(options, results);
}
if (options.Json)
{
    Console.Out.WriteLine(results.ToJson());
}
else
{
    results.Print(Console.Out);
}
return failed ? 1 : 0;
