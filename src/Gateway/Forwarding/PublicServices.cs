using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace LlmPlatform.Gateway.Forwarding;

/// <summary>
/// The gRPC services that callers may use, and which service of the platform holds each. What is not in this list is
/// not forwarded: <c>llmplatform.internal</c> above all.
/// </summary>
internal static class PublicServices
{
    public static readonly IReadOnlyList<PublicService> All =
    [
        new(Contracts.Tokenizer.V1.Tokenizer.Descriptor, "tokenizer"),
        new(Contracts.Embedding.V1.Embedding.Descriptor, "embedding"),
        new(Contracts.Generation.V1.Generation.Descriptor, "generation"),
        new(Contracts.Models.V1.Models.Descriptor, "models"),
        new(Contracts.Models.V1.ApiKeys.Descriptor, "models"),
        new(Contracts.Files.V1.Files.Descriptor, "models"),
        new(Contracts.Retrieval.V1.Retrieval.Descriptor, "retrieval"),
        new(Contracts.Training.V1.Training.Descriptor, "training"),
    ];
}

/// <summary>One public gRPC service.</summary>
/// <param name="Descriptor">Its contract.</param>
/// <param name="Destination">The name that service discovery finds it by.</param>
internal sealed record PublicService(ServiceDescriptor Descriptor, string Destination);
