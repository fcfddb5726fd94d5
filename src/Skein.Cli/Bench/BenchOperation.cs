namespace Skein.Cli.Bench;

/// <summary>What a benchmark does.</summary>
internal enum BenchOperation
{
    /// <summary>Stores a new object.</summary>
    Put,

    /// <summary>Reads an object that was stored beforehand.</summary>
    Get,

    /// <summary>Reads a part of one.</summary>
    Range,

    /// <summary>Asks for the properties of one.</summary>
    Stat,

    /// <summary>Reads one page of a listing.</summary>
    List,

    /// <summary>Deletes an object that was stored for that.</summary>
    Delete,

    /// <summary>Reads one file of an archive that was stored beforehand.</summary>
    Archive,
}

/// <summary>Which operations a run does, and how often each.</summary>
internal sealed class BenchMix
{
    /// <summary>What <c>mixed</c> means when nothing else is said.</summary>
    public const string Default = "get:60,put:25,stat:10,list:1,delete:4";

    private readonly IReadOnlyList<(BenchOperation Operation, int Weight)> _parts;
    private readonly int _total;

    private BenchMix(IReadOnlyList<(BenchOperation Operation, int Weight)> parts)
    {
        _parts = parts;
        _total = parts.Sum(part => part.Weight);
    }

    /// <summary>The operations.</summary>
    public IEnumerable<BenchOperation> Operations => _parts.Select(part => part.Operation);

    /// <summary>As it is written.</summary>
    public string Text => string.Join(',', _parts.Select(part => $"{Name(part.Operation)}:{part.Weight}"));

    /// <summary>A mix of one.</summary>
    public static BenchMix Only(BenchOperation operation) => new([(operation, 1)]);

    /// <summary>Reads a mix such as <c>get:70,put:30</c>.</summary>
    /// <exception cref="CliException">When a part names no operation, or one twice.</exception>
    public static BenchMix Parse(string text)
    {
        var parts = new List<(BenchOperation Operation, int Weight)>();
        foreach (var part in text.Split(','))
        {
            var (name, weight) = Weights.Split(part);
            var operation = Find(name)
                ?? throw new CliException($"--mix: \"{name}\" is no operation", "these are: " + Names);
            if (parts.Exists(other => other.Operation == operation))
            {
                throw new CliException($"--mix: {name} is there twice");
            }
            parts.Add((operation, weight));
        }
        return new BenchMix(parts);
    }

    /// <summary>The operation with a name; null when there is none.</summary>
    public static BenchOperation? Find(string name) => Enum.GetValues<BenchOperation>()
        .Cast<BenchOperation?>().FirstOrDefault(operation => Name(operation!.Value) == name);

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", Enum.GetValues<BenchOperation>().Select(Name));

    /// <summary>The word for an operation.</summary>
    public static string Name(BenchOperation operation) => operation switch
    {
        BenchOperation.Put => "put",
        BenchOperation.Get => "get",
        BenchOperation.Range => "range",
        BenchOperation.Stat => "stat",
        BenchOperation.List => "list",
        BenchOperation.Delete => "delete",
        _ => "archive",
    };

    /// <summary>The next operation.</summary>
    public BenchOperation Next(Random random)
    {
        var at = random.Next(_total);
        foreach (var (operation, weight) in _parts)
        {
            if (at < weight)
            {
                return operation;
            }
            at -= weight;
        }
        throw new InvalidOperationException("the weights do not add up");
    }
}
