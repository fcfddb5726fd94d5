using Skein.Core.Config;
using Skein.Core.Config.Schema;

namespace Skein.Core.Buckets;

/// <summary>The remote bucket behind an ais bucket (<c>backend_bck</c>); all parts empty when there is none.</summary>
public sealed record BackendBucketSection : ConfigSection
{
    /// <summary>Name of the remote bucket. Default empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Provider of the remote bucket. Default empty.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Namespace of the remote bucket.</summary>
    public BackendNamespaceSection Namespace { get; init; } = new();

    /// <summary>True when there is no backend bucket.</summary>
    public bool IsEmpty => Name.Length == 0 && Provider.Length == 0;

    internal static SectionSchema<BackendBucketSection> Schema { get; } = new SectionSchema<BackendBucketSection>()
        .Text("name", s => s.Name, (s, v) => s with { Name = v }, "Name of the remote bucket behind this one.")
        .Text("provider", s => s.Provider, (s, v) => s with { Provider = v }, "Provider of the remote bucket.")
        .Section(
            "namespace", BackendNamespaceSection.Schema, s => s.Namespace, (s, v) => s with { Namespace = v },
            "Namespace of the remote bucket.");
}

/// <summary>Namespace of a backend bucket.</summary>
public sealed record BackendNamespaceSection : ConfigSection
{
    /// <summary>UUID or alias of the remote cluster. Default empty.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Name of the namespace. Default empty.</summary>
    public string Name { get; init; } = "";

    internal static SectionSchema<BackendNamespaceSection> Schema { get; } =
        new SectionSchema<BackendNamespaceSection>()
            .Text("uuid", s => s.Uuid, (s, v) => s with { Uuid = v }, "UUID or alias of the remote cluster.")
            .Text("name", s => s.Name, (s, v) => s with { Name = v }, "Name of the namespace.");
}

/// <summary>Properties for one kind of backend only (<c>extra</c>), kept as they are.</summary>
public sealed record ExtraPropsSection : ConfigSection
{
    /// <summary>For S3: region, endpoint, profile, page size. Default empty.</summary>
    public RawJson Aws { get; init; } = RawJson.EmptyObject;

    /// <summary>For HTTP. Default empty.</summary>
    public RawJson Http { get; init; } = RawJson.EmptyObject;

    /// <summary>Obsolete, shown because clients expect it. Default empty.</summary>
    public RawJson Hdfs { get; init; } = RawJson.EmptyObject;

    internal static SectionSchema<ExtraPropsSection> Schema { get; } = new SectionSchema<ExtraPropsSection>()
        .Add(new ValueField<ExtraPropsSection, RawJson>(
            "aws", "For S3 backends: cloud_region, endpoint, profile, max_pagesize.", new RawObjectKind(),
            s => s.Aws, (s, v) => s with { Aws = v }))
        .Add(new ValueField<ExtraPropsSection, RawJson>(
            "http", "For HTTP backends: original_url.", new RawObjectKind(),
            s => s.Http, (s, v) => s with { Http = v }))
        .Add(new ValueField<ExtraPropsSection, RawJson>(
            "hdfs", "Obsolete, kept because clients expect it.", new RawObjectKind(),
            s => s.Hdfs, (s, v) => s with { Hdfs = v }))
        .Accept("gcp", "oci", "custom");
}
