using Skein.Console.Feed;
using Skein.Core.Wire;
using Skein.TestKit;

namespace Skein.ConsoleTests;

/// <summary>The files of the page, and the verdict that it shows.</summary>
public sealed class PageTests
{
    /// <summary>Bytes that the whole page may have, not compressed.</summary>
    private const long MaxBytes = 200 << 10;

    [Fact]
    public void TheWholePageIsSmall()
    {
        var files = Directory.GetFiles(RepositoryRoot.Combine("src/Skein.Console/wwwroot"), "*", SearchOption.AllDirectories);
        Assert.InRange(files.Sum(file => new FileInfo(file).Length), 10_000, MaxBytes);
    }

    [Fact]
    public void NothingComesFromElsewhereAndNoTextBecomesMarkup()
    {
        foreach (var file in Directory.GetFiles(
            RepositoryRoot.Combine("src/Skein.Console/wwwroot"), "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
            Assert.DoesNotContain("insertAdjacentHTML", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("https?://[a-z]", text);
        }
    }

    [Fact]
    public void AHealthyClusterHasNoFindings()
    {
        var verdict = HealthVerdict.Judge(FakeFeed.Cluster(3, 1));
        Assert.Equal("ok", verdict.Level);
        Assert.Empty(verdict.Findings);
    }

    [Fact]
    public void TheWorstComesFirstAndEachHasAFix()
    {
        var verdict = FakeFeed.Degraded.Health;
        Assert.Equal("critical", verdict.Level);
        Assert.Equal("Target t000-fake is down.", verdict.Findings[0].Text);
        Assert.Contains(verdict.Findings, one => one.Text == "Target t001-fake: a mountpath is nearly full.");
        Assert.Contains(verdict.Findings, one => one.Text == "Target t002-fake is out of service: maintenance.");
        Assert.Contains(verdict.Findings, one => one.Text.StartsWith("p002-fake flaps", StringComparison.Ordinal));
        Assert.All(verdict.Findings, one => Assert.NotEmpty(one.Fix));
    }

    [Theory]
    [InlineData("", true, "This proxy is in no cluster.")]
    [InlineData("u", false, "This side of the cluster has no majority")]
    public void WithoutAClusterOrAMajorityTheVerdictIsCritical(string cluster, bool isWritable, string says)
    {
        var verdict = HealthVerdict.Judge(FakeFeed.Cluster(1, 1) with { Cluster = cluster, Writable = isWritable });
        Assert.Equal("critical", verdict.Level);
        Assert.StartsWith(says, verdict.Findings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ANodeThatIsBehindIsNamed()
    {
        var view = FakeFeed.Cluster(1, 1);
        var node = new ControlNode { Id = "late", State = "online", Lag = 9 };
        var verdict = HealthVerdict.Judge(view with { Control = view.Control with { Nodes = [node] } });
        Assert.Equal("late is 9 versions of the control document behind.", Assert.Single(verdict.Findings).Text);
    }
}
