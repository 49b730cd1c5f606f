using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlmPlatform.ModelService.Data.Migrations
{
    /// <inheritdoc />
    public partial class Adapters : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "base_size",
                table: "model_versions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "merged_from",
                table: "model_versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "peft_type",
                table: "model_versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "base_size",
                table: "model_versions");

            migrationBuilder.DropColumn(
                name: "merged_from",
                table: "model_versions");

            migrationBuilder.DropColumn(
                name: "peft_type",
                table: "model_versions");
        }
    }
}
