using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.ServiceDefaults.Loading;

/// <summary>Turns a version of the registry into something that answers calls: an engine, an encoder, a tokenizer.</summary>
/// <typeparam name="T">What is loaded. Disposing of it frees its memory.</typeparam>
public interface IModelLoader<T>
    where T : class, IAsyncDisposable
{
    /// <summary>Refuses a version that this service has no use for, before any of its bytes are fetched.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION; the message says what the model is for.</exception>
    void Check(ModelVersion version);

    /// <summary>What <see cref="LoadAsync"/> will hold, in bytes, as far as the registry tells; room is made for so much.</summary>
    long EstimateBytes(ModelVersion version);

    /// <summary>Fetches the files and loads them. Runs once, however many calls wait for it, and outlives those calls.</summary>
    /// <exception cref="RpcException">What callers shall see.</exception>
    /// <exception cref="Hub.InvalidModelFileException">A file of the model is damaged; callers see FAILED_PRECONDITION.</exception>
    Task<T> LoadAsync(ModelVersion version, CancellationToken cancellationToken);

    /// <summary>What a loaded model holds now, in bytes.</summary>
    long MeasureBytes(T loaded);
}
