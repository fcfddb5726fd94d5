using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Time.Testing;
using Skein.Node.Lifecycle;
using Skein.TestKit;

namespace Skein.UnitTests.Node.Lifecycle;

/// <summary>What a service manager is told.</summary>
public sealed class ServiceManagerNoticeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Manager _manager = new();
    private readonly TaskCompletionSource _member = new();
    private readonly ServiceManagerNotice _notice;

    public ServiceManagerNoticeTests() => _notice = new ServiceManagerNotice(_manager, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANodeIsReadyWhenItIsInItsCluster()
    {
        var saying = _notice.SayReadyAsync(_member.Task, Cancel);
        Assert.Empty(_manager.Heard);
        _member.SetResult();
        await saying;
        Assert.Equal(["READY=1", "STATUS=in its cluster"], _manager.Heard);
    }

    [Fact]
    public async Task ANodeThatFindsNoClusterHasNotFailed()
    {
        var saying = _notice.SayReadyAsync(_member.Task, Cancel);
        _time.Advance(ServiceManagerNotice.Patience);
        await Poll.UntilAsync(() => Task.FromResult(_manager.Heard.Count == 1 ? null : "nothing heard"));
        Assert.Equal(["READY=1\nSTATUS=looking for its cluster"], _manager.Heard);
        _member.SetResult();
        await saying;
        Assert.Equal("STATUS=in its cluster", _manager.Heard[^1]);
    }

    [Fact]
    public async Task ANodeThatStopsIsNotReadyAfterwards()
    {
        var saying = _notice.SayReadyAsync(_member.Task, Cancel);
        _notice.SayStopping();
        _member.SetResult();
        await saying;
        Assert.Equal(["STOPPING=1"], _manager.Heard);
    }

    [Fact]
    public async Task WithoutAServiceManagerNothingIsSaid()
    {
        _manager.IsEnabled = false;
        await _notice.SayReadyAsync(_member.Task, Cancel);
        _notice.SayStopping();
        Assert.Empty(_manager.Heard);
    }

    private sealed class Manager : ISystemdNotifier
    {
        public bool IsEnabled { get; set; } = true;

        public List<string> Heard { get; } = [];

        public void Notify(ServiceState state) => Heard.Add(state.ToString());
    }
}
