using Microsoft.Win32.SafeHandles;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Reads;
using Skein.Transport;

namespace Skein.Target.Objects;

/// <summary>Objects of this target as open files.</summary>
internal sealed class OpenObjects(TargetServices services) : IOpenObjects
{
    private readonly OpenFiles _files = OpenFiles.Of(services.Store);

    public bool MayServe(RequestedObject wanted) => !wanted.Bucket.IsRemote && !Neighbours.MayHave(wanted.Call);

    public OpenObject? Find(RequestedObject wanted) =>
        Show(_files.Find(
            services.Buckets.Of(wanted.Bucket, wanted.Props), wanted.Name,
            static file => FileReads.IsInMemory(file, 0, 1)));

    public OpenObject? Open(RequestedObject wanted) =>
        Show(_files.Open(services.Buckets.Of(wanted.Bucket, wanted.Props), wanted.Name));

    private static Opened? Show(OpenFile? file)
    {
        if (file is null)
        {
            return null;
        }
        if (file.Companion is not Opened known)
        {
            file.Companion = known = new Opened(file);
        }
        return known;
    }

    private sealed class Opened(OpenFile file) : OpenObject
    {
        public override ObjectAttributes Attributes => file.Attributes;

        public override SafeFileHandle File => file.File;

        public override void Release() => file.Release();
    }
}
