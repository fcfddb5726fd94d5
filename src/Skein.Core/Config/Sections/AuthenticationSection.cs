using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Authentication of clients (<c>auth</c>).</summary>
public sealed record AuthenticationSection : ConfigSection
{
    private const string SignatureKey = "signature";

    /// <summary>Secret with which tokens are signed; shown as asterisks. Default empty.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Whether requests need a token. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>The same section with asterisks for secrets, also for the key that newer AIStore files hold.</summary>
    public AuthenticationSection Masked()
    {
        const string mask = ValueField<AuthenticationSection, string>.Mask;
        var extra = Extra;
        foreach (var (name, value) in Extra.Values)
        {
            if (string.Equals(name, SignatureKey, StringComparison.OrdinalIgnoreCase))
            {
                extra = extra.With(name, value.WithText("key", mask));
            }
        }
        return this with { Secret = mask, Extra = extra };
    }

    internal static SectionSchema<AuthenticationSection> Schema { get; } = new SectionSchema<AuthenticationSection>()
        .Add(new ValueField<AuthenticationSection, string>(
            "secret",
            "Secret with which tokens are signed; shown as asterisks, and asterisks leave it as it is.",
            new TextKind("secret"),
            s => s.Secret,
            (s, v) => s with { Secret = v })
        { Secret = true })
        .Boolean(
            "enabled", s => s.Enabled, (s, v) => s with { Enabled = v }, "Whether requests of clients need a token.")
        .Accept(SignatureKey, "required_claims", "oidc", "intra_cluster", "client_auth_required")
        .Rule(s => s.Enabled && s.Secret.Length == 0 && s.Extra.Values.IsEmpty
            ? "invalid auth.enabled=true, auth.secret must not be empty"
            : null);
}
