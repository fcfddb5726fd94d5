using System.Xml.Linq;
using Skein.TestKit;

namespace Skein.UnitTests.Tidy;

/// <summary>What a project file of src references.</summary>
/// <param name="Name">Without the prefix <c>Skein.</c>, as the drawing has it.</param>
/// <param name="References">Projects, likewise, and <c>AspNetCore</c> for that framework.</param>
internal sealed record ProjectFile(string Name, IReadOnlyList<string> References)
{
    /// <summary>The name that the drawing gives to the framework reference.</summary>
    public const string AspNetCore = "AspNetCore";

    /// <summary>Reads all project files of src.</summary>
    public static IReadOnlyList<ProjectFile> ReadProduct() =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.Combine("src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static ProjectFile Read(string path)
    {
        var document = XDocument.Load(path);
        var projects = document.Descendants("ProjectReference")
            .Select(element => ShortName(element.Attribute("Include")!.Value));
        var frameworks = document.Descendants("FrameworkReference")
            .Select(element => element.Attribute("Include")!.Value == "Microsoft.AspNetCore.App"
                ? AspNetCore
                : element.Attribute("Include")!.Value);
        return new ProjectFile(ShortName(path), [.. projects, .. frameworks]);
    }

    private static string ShortName(string path) => Path.GetFileNameWithoutExtension(path)["Skein.".Length..];
}
