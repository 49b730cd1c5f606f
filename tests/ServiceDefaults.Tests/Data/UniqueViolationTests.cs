using LlmPlatform.ServiceDefaults.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ServiceDefaults.Tests.Data;

public sealed class UniqueViolationTests
{
    [Theory]
    [InlineData("CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY)", "INSERT INTO t VALUES ('a')", true)]
    [InlineData("CREATE TABLE t (id INTEGER, name TEXT UNIQUE)", "INSERT INTO t VALUES (1, 'a')", true)]
    [InlineData("CREATE TABLE t (id INTEGER, name TEXT CHECK (id < 1))", "INSERT INTO t VALUES (1, 'a')", false)]
    public void A_row_that_is_there_already_is_told_from_other_failures(string create, string insert, bool expected)
    {
        using SqliteConnection connection = new("Data Source=:memory:");
        connection.Open();
        Run(create);
        SqliteException failure = Assert.Throws<SqliteException>(() =>
        {
            Run(insert);
            Run(insert);
        });
        Assert.Equal(expected, UniqueViolation.Is(new DbUpdateException("the save failed", failure)));

        void Run(string statement)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
