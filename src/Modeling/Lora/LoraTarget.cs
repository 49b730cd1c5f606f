using TorchSharp;

namespace LlmPlatform.Modeling.Lora;

/// <summary>A module that an adapter changes.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Module">A linear layer or an embedding.</param>
/// <param name="Rank">Rank of the change.</param>
/// <param name="Scale">What the product of the matrices is multiplied with.</param>
internal sealed record LoraTarget(string Name, nn.Module Module, int Rank, double Scale);
