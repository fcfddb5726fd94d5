namespace Skein.Storage.Disk;

/// <summary>Error numbers of Linux, the same on every architecture that .NET supports.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NotImplemented = 38;
    public const int Ok = 0;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Io = 5;
    public const int TooBig = 7;
    public const int WouldBlock = 11;
    public const int Access = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NoDevice = 19;
    public const int NotFolder = 20;
    public const int IsFolder = 21;
    public const int Invalid = 22;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int Range = 34;
    public const int NameTooLong = 36;
    public const int NotEmpty = 39;
    public const int Loop = 40;
    public const int NoData = 61;
    public const int BadSequence = 84;
    public const int NotSupported = 95;
    public const int Quota = 122;
}
