using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.ModelService.Data.Migrations
{
    /// <inheritdoc />
    internal sealed partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "aliases",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    alias = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_aliases", x => new { x.tenant, x.name, x.alias });
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    groups = table.Column<string>(type: "TEXT", nullable: false),
                    prefix = table.Column<string>(type: "TEXT", nullable: false),
                    secret_hash = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    revoked_at = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "files",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    filename = table.Column<string>(type: "TEXT", nullable: false),
                    purpose = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    request_id = table.Column<string>(type: "TEXT", nullable: true),
                    ready = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_files", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "model_versions",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<string>(type: "TEXT", nullable: false),
                    model_type = table.Column<string>(type: "TEXT", nullable: false),
                    task = table.Column<int>(type: "INTEGER", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    has_tokenizer = table.Column<bool>(type: "INTEGER", nullable: false),
                    has_chat_template = table.Column<bool>(type: "INTEGER", nullable: false),
                    max_position_embeddings = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    request_id = table.Column<string>(type: "TEXT", nullable: true),
                    base_tenant = table.Column<string>(type: "TEXT", nullable: true),
                    base_name = table.Column<string>(type: "TEXT", nullable: true),
                    base_version = table.Column<string>(type: "TEXT", nullable: true),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    data_hash = table.Column<string>(type: "TEXT", nullable: false),
                    recipe_hash = table.Column<string>(type: "TEXT", nullable: false),
                    job_id = table.Column<string>(type: "TEXT", nullable: false),
                    metrics = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_versions", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "registry_revisions",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_registry_revisions", x => x.tenant);
                });

            migrationBuilder.CreateTable(
                name: "version_holders",
                columns: table => new
                {
                    holder_tenant = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    holder_id = table.Column<string>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_version_holders", x => new { x.holder_tenant, x.kind, x.holder_id });
                });

            migrationBuilder.CreateTable(
                name: "model_files",
                columns: table => new
                {
                    model_version_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_files", x => new { x.model_version_sequence, x.path });
                    table.ForeignKey(
                        name: "fk_model_files_model_versions_model_version_sequence",
                        column: x => x.model_version_sequence,
                        principalTable: "model_versions",
                        principalColumn: "sequence",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_id",
                table: "api_keys",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_secret_hash",
                table: "api_keys",
                column: "secret_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_files_id",
                table: "files",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_files_tenant_request_id",
                table: "files",
                columns: new[] { "tenant", "request_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_files_tenant_sha256",
                table: "files",
                columns: new[] { "tenant", "sha256" });

            migrationBuilder.CreateIndex(
                name: "ix_model_files_tenant_sha256",
                table: "model_files",
                columns: new[] { "tenant", "sha256" });

            migrationBuilder.CreateIndex(
                name: "ix_model_versions_base_tenant_base_name_base_version",
                table: "model_versions",
                columns: new[] { "base_tenant", "base_name", "base_version" });

            migrationBuilder.CreateIndex(
                name: "ix_model_versions_tenant_name_version",
                table: "model_versions",
                columns: new[] { "tenant", "name", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_model_versions_tenant_request_id",
                table: "model_versions",
                columns: new[] { "tenant", "request_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_version_holders_tenant_name_version",
                table: "version_holders",
                columns: new[] { "tenant", "name", "version" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "aliases");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "files");

            migrationBuilder.DropTable(
                name: "model_files");

            migrationBuilder.DropTable(
                name: "registry_revisions");

            migrationBuilder.DropTable(
                name: "version_holders");

            migrationBuilder.DropTable(
                name: "model_versions");
        }
    }
}
