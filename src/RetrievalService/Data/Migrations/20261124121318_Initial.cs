using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.RetrievalService.Data.Migrations
{
    /// <inheritdoc />
    internal sealed partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "chores",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    collection_id = table.Column<string>(type: "TEXT", nullable: false),
                    document_id = table.Column<string>(type: "TEXT", nullable: false),
                    index_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    not_before = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_chores", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "collections",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<string>(type: "TEXT", nullable: true),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    metadata = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    request_id = table.Column<string>(type: "TEXT", nullable: true),
                    keyword_only = table.Column<bool>(type: "INTEGER", nullable: false),
                    max_chunk_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    chunk_overlap_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    dense_weight = table.Column<double>(type: "REAL", nullable: true),
                    dense_weight_measured = table.Column<bool>(type: "INTEGER", nullable: false),
                    index_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    last_index_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    embedding_model = table.Column<string>(type: "TEXT", nullable: true),
                    embedding_version = table.Column<string>(type: "TEXT", nullable: true),
                    dimensions = table.Column<int>(type: "INTEGER", nullable: false),
                    encoder_window = table.Column<int>(type: "INTEGER", nullable: false),
                    encoder_has_tokenizer = table.Column<bool>(type: "INTEGER", nullable: false),
                    next_model = table.Column<string>(type: "TEXT", nullable: true),
                    next_version = table.Column<string>(type: "TEXT", nullable: true),
                    next_dimensions = table.Column<int>(type: "INTEGER", nullable: false),
                    next_window = table.Column<int>(type: "INTEGER", nullable: false),
                    next_has_tokenizer = table.Column<bool>(type: "INTEGER", nullable: false),
                    next_index_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    next_done = table.Column<long>(type: "INTEGER", nullable: false),
                    next_total = table.Column<long>(type: "INTEGER", nullable: false),
                    next_error = table.Column<string>(type: "TEXT", nullable: false),
                    next_not_before = table.Column<DateTime>(type: "TEXT", nullable: true),
                    indexed_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    weighed_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    lease_owner = table.Column<string>(type: "TEXT", nullable: true),
                    lease_epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    leased_until = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_collections", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "document_texts",
                columns: table => new
                {
                    document_id = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    part = table.Column<int>(type: "INTEGER", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_document_texts", x => new { x.document_id, x.revision, x.part });
                });

            migrationBuilder.CreateTable(
                name: "documents",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<string>(type: "TEXT", nullable: true),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    collection_id = table.Column<string>(type: "TEXT", nullable: false),
                    file_id = table.Column<string>(type: "TEXT", nullable: false),
                    filename = table.Column<string>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    batch_id = table.Column<string>(type: "TEXT", nullable: false),
                    max_chunk_tokens = table.Column<int>(type: "INTEGER", nullable: true),
                    chunk_overlap_tokens = table.Column<int>(type: "INTEGER", nullable: true),
                    attributes = table.Column<string>(type: "TEXT", nullable: false),
                    allowed_groups = table.Column<string>(type: "TEXT", nullable: false),
                    access_version = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    queued_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    not_before = table.Column<DateTime>(type: "TEXT", nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    interruptions = table.Column<int>(type: "INTEGER", nullable: false),
                    stage = table.Column<string>(type: "TEXT", nullable: false),
                    chunks_done = table.Column<long>(type: "INTEGER", nullable: false),
                    chunks_total = table.Column<long>(type: "INTEGER", nullable: false),
                    error_code = table.Column<string>(type: "TEXT", nullable: false),
                    error_message = table.Column<string>(type: "TEXT", nullable: false),
                    traceparent = table.Column<string>(type: "TEXT", nullable: true),
                    indexed_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    indexed_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    indexed_fingerprint = table.Column<string>(type: "TEXT", nullable: true),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    media_type = table.Column<string>(type: "TEXT", nullable: false),
                    chunks = table.Column<long>(type: "INTEGER", nullable: false),
                    chunks_embedded = table.Column<long>(type: "INTEGER", nullable: false),
                    text_length = table.Column<long>(type: "INTEGER", nullable: false),
                    warnings = table.Column<string>(type: "TEXT", nullable: false),
                    lease_owner = table.Column<string>(type: "TEXT", nullable: true),
                    lease_epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    leased_until = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_documents", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "ingest_requests",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    request_id = table.Column<string>(type: "TEXT", nullable: false),
                    document_id = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ingest_requests", x => new { x.tenant, x.request_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_collections_id",
                table: "collections",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_collections_tenant_request_id",
                table: "collections",
                columns: new[] { "tenant", "request_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_documents_collection_id_batch_id",
                table: "documents",
                columns: new[] { "collection_id", "batch_id" });

            migrationBuilder.CreateIndex(
                name: "ix_documents_collection_id_file_id",
                table: "documents",
                columns: new[] { "collection_id", "file_id" });

            migrationBuilder.CreateIndex(
                name: "ix_documents_collection_id_status",
                table: "documents",
                columns: new[] { "collection_id", "status" });

            migrationBuilder.CreateIndex(
                name: "ix_documents_id",
                table: "documents",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_documents_status_queued_at",
                table: "documents",
                columns: new[] { "status", "queued_at" });

            migrationBuilder.CreateIndex(
                name: "ix_ingest_requests_document_id",
                table: "ingest_requests",
                column: "document_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "chores");

            migrationBuilder.DropTable(
                name: "collections");

            migrationBuilder.DropTable(
                name: "document_texts");

            migrationBuilder.DropTable(
                name: "documents");

            migrationBuilder.DropTable(
                name: "ingest_requests");
        }
    }
}
