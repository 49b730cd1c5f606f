using LlmPlatform.Cli;

return await LlmCommand.Create().Parse(args).InvokeAsync();
