using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Instants are UTC in rows and in memory; SQLite would give them back with no kind at all.</summary>
internal sealed class UtcDateTimeConverter() : ValueConverter<DateTime, DateTime>(
    value => value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc),
    value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
