using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Decoding;

/// <summary>The decoders of streams, each counting what it makes before it makes it.</summary>
internal sealed class CountedFilters(ReadingBudget budget) : IFilterProvider
{
    // Two are common, four are odd.
    private const int MostFilters = 8;

    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary) =>
        Counted(DefaultFilterProvider.Instance.GetFilters(dictionary));

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) =>
        Counted(DefaultFilterProvider.Instance.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => [.. DefaultFilterProvider.Instance.GetAllFilters().Select(Counted)];

    private List<IFilter> Counted(IReadOnlyList<IFilter> filters)
    {
        budget.Check();
        if (filters.Count > MostFilters)
        {
            budget.Exceed($"more than {MostFilters} filters for a stream");
        }

        return [.. filters.Select(Counted)];
    }

    private CountedFilter Counted(IFilter filter) => new(filter, budget);

    private sealed class CountedFilter(IFilter filter, ReadingBudget budget) : IFilter
    {
        public bool IsSupported => filter.IsSupported;

        public Memory<byte> Decode(
            Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
        {
            budget.Check();
            Memory<byte> output;
            switch (filter)
            {
                case FlateFilter:
                    output = Predictor.Of(streamDictionary, filterIndex).Undo(Inflating.Inflate(input, budget), budget);
                    break;
                case LzwFilter:
                    budget.AddDecoded(ExpandedLength.OfLzw(input.Span, streamDictionary, filterIndex));
                    Predictor.Of(streamDictionary, filterIndex).Require(budget);
                    output = filter.Decode(input, streamDictionary, filterProvider, filterIndex);
                    break;
                case RunLengthFilter:
                    budget.AddDecoded(ExpandedLength.OfRunLength(input.Span));
                    output = filter.Decode(input, streamDictionary, filterProvider, filterIndex);
                    break;
                default:
                    output = filter.Decode(input, streamDictionary, filterProvider, filterIndex);
                    budget.AddDecoded(output.Length);
                    break;
            }

            CharacterMapGuard.Check(output.Span, budget);
            return output;
        }
    }
}
