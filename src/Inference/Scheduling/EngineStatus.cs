namespace LlmPlatform.Inference.Scheduling;

/// <summary>What an engine is doing.</summary>
/// <param name="ActiveSequences">Sequences that take part in steps.</param>
/// <param name="WaitingSequences">Requests in the queue.</param>
/// <param name="StepsExecuted">Steps since the start.</param>
/// <param name="TokensGenerated">New tokens since the start.</param>
/// <param name="CapacityTokens">Tokens there is room for in all.</param>
/// <param name="FreeTokens">Tokens there is room for now.</param>
public sealed record EngineStatus(
    int ActiveSequences, int WaitingSequences, long StepsExecuted, long TokensGenerated, long CapacityTokens, long FreeTokens);
