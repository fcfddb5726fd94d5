using Microsoft.Extensions.Logging.Abstractions;
using Skein.Transport;

namespace Skein.UnitTests.Node.Links;

/// <summary>The same on the direct transport.</summary>
public sealed class DirectLinkListenerTests : LinkListenerTests
{
    private readonly DirectTransport _direct = new(null, NullLogger.Instance);

    private protected override DirectTransport? Direct => _direct;
}
