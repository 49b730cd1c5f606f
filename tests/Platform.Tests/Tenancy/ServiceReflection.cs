using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace LlmPlatform.Platform.Tests.Tenancy;

/// <summary>Asks a server by gRPC server reflection what it can do.</summary>
internal static class ServiceReflection
{
    /// <summary>All RPCs of services whose name begins so, as <c>package.Service/Method</c>.</summary>
    public static async Task<IReadOnlyList<string>> ListRpcsAsync(CallInvoker server, string prefix)
    {
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call =
            new ServerReflection.ServerReflectionClient(server).ServerReflectionInfo();
        ServerReflectionResponse services = await AskAsync(call, new ServerReflectionRequest { ListServices = "" });
        List<string> rpcs = [];
        foreach (string service in services.ListServicesResponse.Service.Select(service => service.Name))
        {
            if (!service.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            ServerReflectionResponse files = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = service });
            ServiceDescriptorProto descriptor = files.FileDescriptorResponse.FileDescriptorProto
                .Select(FileDescriptorProto.Parser.ParseFrom)
                .SelectMany(file => file.Service.Select(candidate => (Name: $"{file.Package}.{candidate.Name}", candidate)))
                .First(candidate => candidate.Name == service).candidate;
            rpcs.AddRange(descriptor.Method.Select(method => $"{service}/{method.Name}"));
        }

        await call.RequestStream.CompleteAsync();
        return rpcs;
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call, ServerReflectionRequest request)
    {
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Null(call.ResponseStream.Current.ErrorResponse);
        return call.ResponseStream.Current;
    }
}
