namespace LlmPlatform.Tokenization.Trainers;

/// <summary>Pieces with their scores (logarithms of probabilities), by id; id 0 is unknown text and has no score.</summary>
internal sealed class PieceScores
{
    public List<Piece> Pieces { get; } = [];

    public List<double> Scores { get; } = [];

    public int Count => Pieces.Count;

    public void Add(Piece piece, double score)
    {
        Pieces.Add(piece);
        Scores.Add(score);
    }

    /// <summary>The least score.</summary>
    public double Least()
    {
        double least = double.PositiveInfinity;
        for (int id = 1; id < Count; id++)
        {
            least = Math.Min(least, Scores[id]);
        }

        return least;
    }
}
