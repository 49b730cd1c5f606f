using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.Tokenization;
using LlmPlatform.TokenizerService.Loading;

namespace LlmPlatform.TokenizerService;

/// <summary>The tokenizer service as a part of a process.</summary>
public static class TokenizerModule
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Platform:Tokenizer";

    // Tokenizers are small; a twentieth of the memory holds hundreds.
    private const double MemoryShare = 0.05;

    /// <summary>Registers what the service needs.</summary>
    public static T AddTokenizer<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        builder.AddModelPool<LoadedTokenizer, TokenizerLoader>(Section, MemoryShare);
        builder.Services.MapException<TokenizationException>(error => RpcErrors.InvalidArgument("text", null, error.Message));
        return builder;
    }

    /// <summary>Maps llmplatform.tokenizer.v1.</summary>
    public static void MapTokenizer(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<TokenizerGrpc>().RequireAuthorization(Policies.Caller);
}
