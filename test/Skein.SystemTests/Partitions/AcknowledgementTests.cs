namespace Skein.SystemTests.Partitions;

/// <summary>The check of the order of acknowledgements finds what it is there for.</summary>
public sealed class AcknowledgementTests
{
    [Fact]
    public void OneHistoryIsFine()
    {
        var all = new Acknowledgements();
        all.Add("a", 0, 10, "uuid 1.1.5 aa");
        all.Add("b", 5, 9, "uuid 1.1.4 bb");
        all.Add("c", 20, 30, "uuid 1.2.6 cc");
        all.Add("d", 21, 29, "uuid 1.2.6 cc");
        Assert.Null(all.Problem());
        Assert.Equal(2, all.Terms);
    }

    [Fact]
    public void TwoDocumentsInOnePlaceAreFound()
    {
        var all = new Acknowledgements();
        all.Add("a", 0, 10, "uuid 1.1.5 aa");
        all.Add("b", 5, 11, "uuid 1.1.5 bb");
        Assert.Contains("two documents at 1.1.5", all.Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnOldPrimaryThatAcknowledgesAfterANewOneIsFound()
    {
        var all = new Acknowledgements();
        all.Add("new", 0, 10, "uuid 1.2.6 aa");
        all.Add("old", 11, 12, "uuid 1.1.7 bb");
        Assert.Contains("had been acknowledged", all.Problem(), StringComparison.Ordinal);
    }
}
