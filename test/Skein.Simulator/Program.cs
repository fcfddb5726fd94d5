using Skein.Simulator.Runs;

return Commands.Run(args, Console.Out, TimeProvider.System);
