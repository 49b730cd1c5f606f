using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Makes <see cref="IRevisioned.Revision"/> the concurrency token of its row.</summary>
internal sealed class RevisionConvention : IModelFinalizingConvention
{
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (IConventionEntityType entity in modelBuilder.Metadata.GetEntityTypes())
        {
            if (typeof(IRevisioned).IsAssignableFrom(entity.ClrType))
            {
                entity.FindProperty(nameof(IRevisioned.Revision))?.Builder.IsConcurrencyToken(true);
            }
        }
    }
}
