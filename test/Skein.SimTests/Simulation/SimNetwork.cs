namespace Skein.SimTests.Simulation;

/// <summary>
/// Requests between nodes: delayed, lost, refused, or never answered. Whoever asks gets exactly one answer, at the
/// latest when its time is out.
/// </summary>
/// <typeparam name="TNode">What lives at an address.</typeparam>
internal sealed class SimNetwork<TNode>(EventQueue events, Random random)
    where TNode : class
{
    private readonly Dictionary<string, TNode> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<(TNode From, string Url)> _blocked = [];

    /// <summary>Shortest and longest way of one message, in milliseconds.</summary>
    public (int Min, int Max) Delay { get; set; } = (1, 5);

    /// <summary>Share of messages that are lost, 0 to 1.</summary>
    public double Loss { get; set; }

    /// <summary>Says whether the node at an address listens now.</summary>
    public Func<TNode, bool> IsUp { get; set; } = _ => true;

    /// <summary>Puts a node at an address.</summary>
    public void Register(string url, TNode node) => _nodes[url] = node;

    /// <summary>The node at an address, up or not; null when there is none.</summary>
    public TNode? At(string url) => _nodes.GetValueOrDefault(url);

    /// <summary>Lets nothing pass from a node to an address, or lets it pass again.</summary>
    public void Block(TNode from, string url, bool blocked)
    {
        if (blocked)
        {
            _blocked.Add((from, url));
        }
        else
        {
            _blocked.Remove((from, url));
        }
    }

    /// <summary>Lets everything pass.</summary>
    public void UnblockAll() => _blocked.Clear();

    /// <summary>Asks.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="url">Whom.</param>
    /// <param name="timeout">Milliseconds after which there is no answer.</param>
    /// <param name="serve">Runs at the one asked; it may answer later.</param>
    /// <param name="answer">The answer; null for none.</param>
    public void Ask<TReply>(
        TNode from, string url, long timeout, Action<TNode, Action<TReply>> serve, Action<TReply?> answer)
        where TReply : class
    {
        var answered = false;
        events.After(timeout, () => Once(null));
        if (!_nodes.TryGetValue(url, out var to))
        {
            return; // nobody there and nothing that would refuse: silence
        }
        if (IsDropped(from, url))
        {
            return;
        }
        events.After(OneWay(), () =>
        {
            if (!IsUp(to))
            {
                events.After(OneWay(), () => Once(null)); // the machine is there and refuses
                return;
            }
            serve(to, reply =>
            {
                if (IsUp(to) && random.NextDouble() >= Loss)
                {
                    events.After(OneWay(), () => Once(reply));
                }
            });
        });

        void Once(TReply? reply)
        {
            if (!answered)
            {
                answered = true;
                answer(reply);
            }
        }
    }

    private bool IsDropped(TNode from, string url) =>
        _blocked.Contains((from, url)) || random.NextDouble() < Loss;

    private int OneWay() => random.Next(Delay.Min, Delay.Max + 1);
}
