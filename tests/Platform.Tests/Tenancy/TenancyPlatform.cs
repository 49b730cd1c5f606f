using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Tenancy;

/// <summary>A platform with API keys, one model of tenant <c>platform</c>, and the means to call its services as anybody.</summary>
public sealed class TenancyPlatform : IAsyncLifetime
{
    public const string SharedModel = "shared-decoder";

    private const string SigningSecret = "only-for-this-test-0123456789-0123456789";

    private readonly InternalTokens _tokens = new(SigningKey.FromText(SigningSecret), TimeProvider.System);
    private PlatformProcess? _platform;
    private GrpcChannel? _gateway;
    private GrpcChannel? _services;

    public string Folder { get; } = Directory.CreateTempSubdirectory("llmplatform-tenancy-").FullName;

    /// <summary>The secret of the first key: tenant local, role admin.</summary>
    public string AdminKey { get; private set; } = "";

    /// <summary>The services' own port without any credentials.</summary>
    public CallInvoker Services => _services!.CreateCallInvoker();

    /// <summary>The services' own port as a caller of a tenant.</summary>
    public CallInvoker As(string tenant, params string[] roles) =>
        With(_services!, _tokens.Mint(new CallerIdentity { Tenant = tenant, Roles = roles }));

    /// <summary>The services' own port as another service.</summary>
    public CallInvoker AsService(string grpcService) => With(_services!, _tokens.MintForService(grpcService));

    /// <summary>The gateway's gRPC port with an API key.</summary>
    public CallInvoker Gateway(string apiKey) => With(_gateway!, apiKey);

    public async ValueTask InitializeAsync()
    {
        _platform = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Models = new Dictionary<string, string> { [SharedModel] = await TinyModels.WriteDecoderAsync(Path.Combine(Folder, SharedModel), seed: 5) },
            Environment = new Dictionary<string, string>
            {
                ["Platform__InternalSigningKey"] = SigningSecret,
                ["Platform__Models__0__Tenant"] = Tenants.Platform,
            },
        });
        _gateway = GrpcChannel.ForAddress(_platform.Grpc);
        _services = GrpcChannel.ForAddress(_platform.InternalGrpc);

        // The first key has to be this one; it ends access without a key.
        CreateApiKeyResponse first = await new ApiKeys.ApiKeysClient(_gateway).CreateAsync(new CreateApiKeyRequest { Name = "first", Role = Roles.Admin });
        AdminKey = first.Secret;
    }

    public async ValueTask DisposeAsync()
    {
        _gateway?.Dispose();
        _services?.Dispose();
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static CallInvoker With(GrpcChannel channel, string bearer) => channel.Intercept(metadata =>
    {
        metadata.Add("authorization", $"Bearer {bearer}");
        return metadata;
    });
}
