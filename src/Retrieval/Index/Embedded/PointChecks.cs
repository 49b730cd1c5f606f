using System.Numerics.Tensors;

namespace LlmPlatform.Retrieval.Index.Embedded;

/// <summary>What names and vectors must be like.</summary>
internal static class PointChecks
{
    private const int MostNameLength = 128;
    private const int MostDimensions = 16384;

    public static void Name(string collection)
    {
        ArgumentNullException.ThrowIfNull(collection);
        if (collection.Length is 0 or > MostNameLength || !collection.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ArgumentException(
                $"collection: '{(collection.Length > 64 ? collection[..64] : collection)}' is not 1 to {MostNameLength} of the letters A-Z, a-z, 0-9, - and _", nameof(collection));
        }
    }

    public static void Dimensions(int dimensions)
    {
        if (dimensions is < 0 or > MostDimensions)
        {
            throw new ArgumentException($"dimensions: {dimensions} is not from 0 to {MostDimensions}", nameof(dimensions));
        }
    }

    public static void Vector(ReadOnlySpan<float> vector, int dimensions, string parameter)
    {
        if (vector.Length != dimensions)
        {
            throw new ArgumentException($"{parameter}: a vector has {vector.Length} numbers, the collection's have {dimensions}", parameter);
        }

        if (!vector.IsEmpty && !TensorPrimitives.IsFiniteAll(vector))
        {
            throw new ArgumentException($"{parameter}: a vector holds a number that is not finite", parameter);
        }
    }
}
