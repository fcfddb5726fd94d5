using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Authentication of clients (<c>auth</c>).</summary>
public sealed record AuthenticationSection : ConfigSection
{
    /// <summary>Secret with which tokens are signed; shown as asterisks. Default empty.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Whether requests need a token. Default false.</summary>
    public bool Enabled { get; init; }

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
        .Accept("signature", "required_claims", "oidc", "intra_cluster", "client_auth_required")
        .Rule(s => s.Enabled && s.Secret.Length == 0 && s.Extra.Values.IsEmpty
            ? "invalid auth.enabled=true, auth.secret must not be empty"
            : null);
}
