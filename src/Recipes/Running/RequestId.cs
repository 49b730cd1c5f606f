using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Recipes.Running;

/// <summary>Ids that are the same when the same is asked for again.</summary>
public static class RequestId
{
    /// <summary>The id of a job: of its stage, of its recipe without the ids of files, and of what the files hold.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="dataHashes">Of the training files and the validation files, in order.</param>
    public static string Of(string stage, Recipe recipe, IEnumerable<string> dataHashes)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(dataHashes);
        Recipe bare = recipe.Clone();
        bare.TrainingFiles.Clear();
        bare.ValidationFiles.Clear();

        // How many threads compute changes no meaning, so a job may be found again on another machine.
        bare.ClearThreads();
        return OfTexts([stage, Convert.ToHexStringLower(SHA256.HashData(bare.ToByteArray())), .. dataHashes]);
    }

    /// <summary>SHA-256 over texts, each with its length before it; lower-case hexadecimal.</summary>
    /// <param name="texts">The texts.</param>
    public static string OfTexts(params IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        StringBuilder all = new();
        foreach (string text in texts)
        {
            all.Append(CultureInfo.InvariantCulture, $"{text.Length}:{text}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    /// <summary>SHA-256 of a file; lower-case hexadecimal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }
}
