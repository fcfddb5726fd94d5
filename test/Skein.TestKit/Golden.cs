using System.Reflection;
using System.Text;

namespace Skein.TestKit;

/// <summary>
/// Compares text with a file of the test project. With the environment variable <c>SKEIN_GOLDEN=update</c> the file is
/// written instead, and the difference is reviewed before it is committed.
/// </summary>
public static class Golden
{
    private const string Variable = "SKEIN_GOLDEN";

    /// <summary>Compares.</summary>
    /// <param name="name">Path of the file below the project's folder, without <c>.txt</c>.</param>
    /// <param name="actual">The text; carriage returns do not count.</param>
    /// <param name="assembly">The test assembly, whose name is that of its folder below <c>test</c>.</param>
    /// <exception cref="GoldenMismatchException">When they differ or the file is missing.</exception>
    public static void Check(string name, string actual, Assembly assembly)
    {
        var path = RepositoryRoot.Combine($"test/{assembly.GetName().Name}/{name}.txt");
        var text = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(Variable) == "update")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }
        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : null;
        if (expected != text)
        {
            throw new GoldenMismatchException(Explain(path, expected, text));
        }
    }

    private static string Explain(string path, string? expected, string actual)
    {
        var message = new StringBuilder($"The text differs from {path}; to accept it run with {Variable}=update.\n");
        if (expected is not null)
        {
            var (was, now) = (expected.Split('\n'), actual.Split('\n'));
            var line = Enumerable.Range(0, Math.Max(was.Length, now.Length))
                .First(i => was.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
            message.Append($"Line {line + 1}, expected: {was.ElementAtOrDefault(line) ?? "(end)"}\n")
                .Append($"Line {line + 1}, actual:   {now.ElementAtOrDefault(line) ?? "(end)"}\n");
        }
        return message.Append("Actual text:\n").Append(actual).ToString();
    }
}

/// <summary>A text that is not what its golden file says.</summary>
/// <param name="message">Where the first difference is, and the text.</param>
public sealed class GoldenMismatchException(string message) : Exception(message);
