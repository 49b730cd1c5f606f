using Grpc.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace LlmPlatform.Gateway.Forwarding;

/// <summary>
/// Reflection at the edge tells of the public services alone, wherever they run; the services' own reflection, behind
/// the edge, tells of internal ones too.
/// </summary>
internal sealed class PublicReflection() : ReflectionServiceImpl(Descriptors)
{
    public static ServiceDescriptor[] Descriptors { get; } =
        [.. PublicServices.All.Select(service => service.Descriptor), Grpc.Health.V1.Health.Descriptor];
}

/// <summary>The same in reflection's version 1.</summary>
internal sealed class PublicReflectionV1() : ReflectionV1ServiceImpl(PublicReflection.Descriptors);
