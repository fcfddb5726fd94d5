using Skein.Cli;

return await CommandLine.RunAsync(args, CliHost.FromSystem());
