using Skein.DataPath;
using Skein.DataPath.Reporting;

if (DataPathOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(DataPathOptions.Usage);
    return 2;
}
var report = new Report(options.Json ? Console.Error : Console.Out);
await new DataPathBench(options, report).RunAsync();
if (options.Json)
{
    Console.Out.WriteLine(report.ToJson());
}
else
{
    report.Print(Console.Out);
}
return 0;
