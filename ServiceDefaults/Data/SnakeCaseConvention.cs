using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>
/// Names tables, columns, keys, constraints and indexes in snake_case, the way PostgreSQL wants them without quotes.
/// Names that a model gives explicitly stay.
/// </summary>
internal sealed class SnakeCaseConvention : IModelFinalizingConvention
{
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (IConventionEntityType entity in modelBuilder.Metadata.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table)
            {
                entity.Builder.ToTable(SnakeCase(table));
            }

            foreach (IConventionProperty property in entity.GetDeclaredProperties())
            {
                property.Builder.HasColumnName(SnakeCase(property.GetColumnName()));
            }

            foreach (IConventionKey key in entity.GetDeclaredKeys())
            {
                key.Builder.HasName(SnakeCase(key.GetName() ?? ""));
            }

            foreach (IConventionForeignKey foreignKey in entity.GetDeclaredForeignKeys())
            {
                foreignKey.Builder.HasConstraintName(SnakeCase(foreignKey.GetConstraintName() ?? ""));
            }

            foreach (IConventionIndex index in entity.GetDeclaredIndexes())
            {
                index.Builder.HasDatabaseName(SnakeCase(index.GetDatabaseName() ?? ""));
            }
        }
    }

    /// <summary><c>CreatedAt</c> gives <c>created_at</c>, <c>SHA256Hash</c> gives <c>sha256_hash</c>.</summary>
    internal static string SnakeCase(string name)
    {
        StringBuilder result = new(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (char.IsUpper(c) && i > 0 && name[i - 1] != '_')
            {
                bool afterLower = !char.IsUpper(name[i - 1]);
                bool beforeLower = i + 1 < name.Length && char.IsLower(name[i + 1]);
                if (afterLower || beforeLower)
                {
                    result.Append('_');
                }
            }

            result.Append(char.ToLowerInvariant(c));
        }

        return result.ToString();
    }
}
