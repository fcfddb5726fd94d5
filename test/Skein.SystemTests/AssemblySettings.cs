using Xunit.v3;

// Each class has processes of its own: more than two at a time only get into each other's way.
[assembly: Parallelization(MaxThreads = 2)]
