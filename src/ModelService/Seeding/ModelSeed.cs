using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Registry;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.ModelService.Seeding;

/// <summary>A folder to register at start: <c>Platform:Models:N:Path</c>, with <c>Name</c> (default: the folder's) and <c>Tenant</c> (default: local).</summary>
internal sealed record ModelSeed(string Path, string Name, string Tenant)
{
    public const string Section = "Platform:Models";

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static IReadOnlyList<ModelSeed> From(IConfiguration configuration) =>
        [.. configuration.GetSection(Section).GetChildren().Select(Read)];

    private static ModelSeed Read(IConfigurationSection section)
    {
        string path = section["Path"] ?? throw new InvalidOperationException($"{section.Path}:Path is not set, expected a model's folder");
        string name = section["Name"] ?? new DirectoryInfo(path).Name;
        string tenant = section["Tenant"] ?? Tenants.Local;
        return !ModelReference.NamePattern().IsMatch(name) ? throw new InvalidOperationException($"{section.Path}:Name is '{name}', expected {RegisterValidation.NameRule}")
            : !Tenants.Name().IsMatch(tenant) ? throw new InvalidOperationException($"{section.Path}:Tenant is '{tenant}', expected a tenant's name")
            : new ModelSeed(path, name, tenant);
    }
}
