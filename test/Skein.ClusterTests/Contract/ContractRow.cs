using System.Text;

namespace Skein.ClusterTests.Contract;

/// <summary>
/// One row of the wire contract: a request and what its answer must have. <c>{b}</c> is a bucket of the row's own that holds
/// <c>o</c> ("hello world!", custom metadata k=v), <c>dir/p</c>, and <c>a.tar</c> and <c>a.tgz</c> with <c>x.txt</c> and
/// <c>d/y.bin</c>; <c>{n}</c> is a name that no bucket has, <c>{t}</c> the id of a target, <c>{p}</c> the id of the primary.
/// </summary>
/// <param name="Section">Where the contract says so, and what.</param>
/// <param name="Verb">HTTP verb.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Status">Expected status, after redirects.</param>
internal sealed record ContractRow(string Section, string Verb, string Target, int Status)
{
    /// <summary>Bytes to send; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Headers to send.</summary>
    public (string Name, string Value)[] Headers { get; init; } = [];

    /// <summary>What the body, or the error's message, must contain.</summary>
    public string? Says { get; init; }

    /// <summary>The error's type; null for any.</summary>
    public string? TypeCode { get; init; }

    /// <summary>Headers that the answer must have; with a value they must be equal, with null they must be there.</summary>
    public (string Name, string? Value)[] Has { get; init; } = [];

    /// <summary>Headers that the answer must not have.</summary>
    public string[] Lacks { get; init; } = [];

    /// <summary>
    /// What a target answers that is asked directly on its public network, without the marks of a redirect; null where that
    /// is not asked.
    /// </summary>
    public int? Direct { get; init; }

    /// <summary>True when the answer must be exactly <see cref="Says"/>.</summary>
    public bool IsExact { get; init; }

    /// <summary>An action message.</summary>
    public static byte[] Act(string action, string value = "null", string name = "") =>
        Encoding.UTF8.GetBytes($$"""{"action":"{{action}}","name":"{{name}}","value":{{value}}}""");

    /// <summary>Text as bytes.</summary>
    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <inheritdoc/>
    public override string ToString() => $"{Section}: {Verb} {Target}";
}
