namespace Skein.Cli.Commands;

/// <summary>
/// Something of which each tree of commands has one of its own: the parser keeps in every option a list of all commands that
/// have it, and walks it for each further one, so an option of a whole process would make each tree slower than the last.
/// </summary>
/// <param name="make">Makes it.</param>
internal sealed class PerTree<T>(Func<T> make)
    where T : class
{
    private readonly AsyncLocal<(object Tree, T Value)?> _own = new();

    /// <summary>That of the tree that was begun last in this flow of work.</summary>
    public T Value
    {
        get
        {
            var tree = CommandTree.Current;
            if (_own.Value is not { } own || own.Tree != tree)
            {
                own = (tree, make());
                _own.Value = own;
            }
            return own.Value;
        }
    }
}

/// <summary>Tells one tree of commands from another.</summary>
internal static class CommandTree
{
    private static readonly AsyncLocal<object?> Local = new();

    /// <summary>The tree of this flow of work.</summary>
    internal static object Current => Local.Value ??= new object();

    /// <summary>Begins another one.</summary>
    public static void Begin() => Local.Value = new object();
}
