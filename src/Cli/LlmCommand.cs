using System.CommandLine;
using LlmPlatform.Cli.Commands;
using LlmPlatform.Cli.Commands.Chatting;
using LlmPlatform.Cli.Commands.Documents;
using LlmPlatform.Cli.Commands.Evaluation;
using LlmPlatform.Cli.Commands.Recipes;
using LlmPlatform.Cli.Commands.Training;
using LlmPlatform.Cli.Connection;

namespace LlmPlatform.Cli;

/// <summary>The command line <c>llm</c>: everything it can do, one line each.</summary>
public static class LlmCommand
{
    /// <summary>Builds the root command with all its subcommands.</summary>
    public static RootCommand Create()
    {
        RootCommand root = new("Talk to an LlmPlatform: chat, embed, search and ask documents, train, and look after its models and API keys.");
        foreach (Option option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }

        root.Subcommands.Add(ChatCommand.Create());
        root.Subcommands.Add(EmbedCommand.Create());
        root.Subcommands.Add(IngestCommand.Create());
        root.Subcommands.Add(SearchCommand.Create());
        root.Subcommands.Add(AskCommand.Create());
        root.Subcommands.Add(CollectionsCommand.Create());
        root.Subcommands.Add(EvalCommand.Create());
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(JobsCommand.Create());
        root.Subcommands.Add(RecipesCommand.Create());
        root.Subcommands.Add(ModelsCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(PullCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        return root;
    }
}
