using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.AddedTokens;
using LlmPlatform.Tokenization.Encodings;
using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.PreTokenizers;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization;

/// <summary>From a text to the tokens of the model: added tokens, normalizer, pre-tokenizer, model.</summary>
internal sealed class EncodePipeline(
    AddedVocabulary added, INormalizer? normalizer, IPreTokenizer? preTokenizer, IModel model)
{
    private readonly bool _idsNeedOrigins = preTokenizer?.NeedsOrigins ?? false;

    // One set of buffers waits for the next call; calls at the same time make their own.
    private Workspace? _idle;

    /// <summary>Encodes a text, or words one by one, with offsets.</summary>
    public EncodingData Encode(IReadOnlyList<string> parts, bool isWords, int typeId)
    {
        var workspace = new Workspace(tracksOrigins: true);
        var encoding = new EncodingData();
        for (int i = 0; i < parts.Count; i++)
        {
            Prepare(parts[i], workspace);
            AddTokens(workspace, encoding, typeId, isWords ? i : null);
        }

        return encoding;
    }

    /// <summary>The ids of a text between given ones.</summary>
    public int[] EncodeIds(string text, ReadOnlySpan<int> before, ReadOnlySpan<int> after)
    {
        Workspace workspace = Rent();
        List<int> ids = workspace.Ids;
        ids.AddRange(before);
        AddIds(text, workspace, ids);
        ids.AddRange(after);
        int[] result = [.. ids];
        Return(workspace);
        return result;
    }

    private Workspace Rent()
    {
        Workspace workspace = Interlocked.Exchange(ref _idle, null) ?? new Workspace(_idsNeedOrigins);
        workspace.Ids.Clear();
        return workspace;
    }

    private void Return(Workspace workspace)
    {
        if (workspace.CodePoints.Capacity <= Workspace.MaxKeptLength)
        {
            _idle = workspace;
        }
    }

    private void AddIds(string text, Workspace workspace, List<int> ids)
    {
        Prepare(text, workspace);
        ReadOnlySpan<int> codePoints = workspace.PreTokenized.Text.CodePoints;
        foreach (Split split in workspace.PreTokenized.Splits)
        {
            if (split.IsToken)
            {
                ids.Add(split.TokenId);
            }
            else
            {
                model.TokenizeIds(codePoints[split.Start..split.End], ids);
            }
        }
    }

    // Leaves the pre-tokens of the text in the workspace.
    private void Prepare(string text, Workspace workspace)
    {
        PreTokenizedText preTokenized = workspace.PreTokenized;
        preTokenized.Clear();
        workspace.CodePoints.Clear();
        CodePoints.Decode(text, workspace.CodePoints);
        ReadOnlySpan<int> codePoints = CollectionsMarshal.AsSpan(workspace.CodePoints);
        workspace.Raw.Clear();
        added.DivideRaw(codePoints, workspace.Raw);
        foreach (Split raw in workspace.Raw)
        {
            workspace.Section.Load(codePoints[raw.Start..raw.End], raw.Start);
            int shift = preTokenized.Text.Count;
            if (raw.IsToken)
            {
                preTokenized.Text.Append(workspace.Section);
                preTokenized.AddSplit(shift, preTokenized.Text.Count, raw.TokenId);
                continue;
            }

            normalizer?.Normalize(workspace.Section);
            preTokenized.Text.Append(workspace.Section);
            workspace.Normalized.Clear();
            added.DivideNormalized(workspace.Section.CodePoints, workspace.Normalized);
            foreach (Split split in workspace.Normalized)
            {
                preTokenized.AddSplit(shift + split.Start, shift + split.End, split.TokenId);
            }
        }

        preTokenizer?.PreTokenize(preTokenized);
    }

    private void AddTokens(Workspace workspace, EncodingData encoding, int typeId, int? word)
    {
        AlignedText text = workspace.PreTokenized.Text;
        ReadOnlySpan<Split> splits = workspace.PreTokenized.Splits;
        for (int i = 0; i < splits.Length; i++)
        {
            Split split = splits[i];
            ReadOnlySpan<int> piece = text.CodePoints[split.Start..split.End];
            if (split.IsToken)
            {
                var offset = new TokenOffset(text.Origin(split.Start).Start, text.Origin(split.End - 1).End);
                encoding.Add(split.TokenId, CodePoints.Encode(piece), offset, typeId, word ?? i);
                continue;
            }

            workspace.Tokens.Clear();
            model.Tokenize(piece, workspace.Tokens);
            var places = new BytePlaces(text, split);
            foreach (ModelToken token in workspace.Tokens)
            {
                string value = token.Text ?? model.Vocabulary.Piece(token.Id);
                encoding.Add(token.Id, value, places.Offset(token), typeId, word ?? i);
            }
        }
    }

    // The buffers of one call.
    private sealed class Workspace(bool tracksOrigins)
    {
        public const int MaxKeptLength = 1 << 16;

        public List<int> CodePoints { get; } = [];

        public List<Split> Raw { get; } = [];

        public List<Split> Normalized { get; } = [];

        public AlignedText Section { get; } = new(tracksOrigins);

        public PreTokenizedText PreTokenized { get; } = new(tracksOrigins);

        public List<ModelToken> Tokens { get; } = [];

        public List<int> Ids { get; } = [];
    }

    // Turns the bytes of a piece into code points of the original text. Tokens come in the order of the text, so that one
    // walk over the piece serves all of them.
    private ref struct BytePlaces(AlignedText text, Split split)
    {
        private readonly ReadOnlySpan<int> _piece = text.CodePoints[split.Start..split.End];
        private int _index;
        private int _byte;

        public TokenOffset Offset(ModelToken token)
        {
            int start = IndexAt(token.Start);
            if (start == _piece.Length || token.End <= token.Start)
            {
                return new TokenOffset(token.Start, token.End);
            }

            int end = IndexAt(token.End - 1);
            return end == _piece.Length
                ? new TokenOffset(token.Start, token.End)
                : new TokenOffset(text.Origin(split.Start + start).Start, text.Origin(split.Start + end).End);
        }

        // The code point that a byte belongs to; the piece's length beyond its end.
        private int IndexAt(int position)
        {
            if (position < _byte)
            {
                (_index, _byte) = (0, 0);
            }

            while (_index < _piece.Length && _byte + CodePoints.Utf8Length(_piece[_index]) <= position)
            {
                _byte += CodePoints.Utf8Length(_piece[_index++]);
            }

            return _index;
        }
    }
}
