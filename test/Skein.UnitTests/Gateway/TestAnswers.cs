namespace Skein.UnitTests.Gateway;

/// <summary>What tests look at in answers.</summary>
internal static class TestAnswers
{
    /// <summary>A header of the answer or of its body; empty when it is not there.</summary>
    public static string Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString()
        : answer.Content.Headers.NonValidated.TryGetValues(name, out var more) ? more.ToString()
        : "";
}
