using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Scheduling;

namespace LlmPlatform.Inference.Tests.Scheduling;

/// <summary>
/// A decoder without a network: the next token is a function of the ids so far. It counts room like the real one and
/// checks that each sequence is stepped in order.
/// </summary>
internal sealed class FakeBackend(long capacity = 4096, int contextLength = 512) : IDecoderBackend
{
    public const int Vocabulary = 64;

    private readonly Lock _gate = new();
    private long _reserved;

    public int VocabularySize => Vocabulary;

    public int ContextLength { get; } = contextLength;

    public DecoderCapacity Capacity
    {
        get
        {
            lock (_gate)
            {
                return new DecoderCapacity(capacity, capacity - _reserved);
            }
        }
    }

    /// <summary>Called before each step with its inputs; may block or throw.</summary>
    public Action<IReadOnlyList<DecoderInput>>? BeforeStep { get; set; }

    public int OpenSequences { get; private set; }

    /// <summary>How many were opened in all.</summary>
    public int Opened { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>What <see cref="Step"/> makes most likely after these ids; never below 8.</summary>
    public static int Next(IEnumerable<int> ids) => 8 + (int)(ids.Aggregate(17u, (hash, id) => (hash * 31) + (uint)id) % (Vocabulary - 8));

    /// <summary>The text that greedy choice gives, of so many tokens.</summary>
    public static List<int> Continuation(IReadOnlyList<int> prompt, int tokens)
    {
        List<int> ids = [.. prompt];
        for (int i = 0; i < tokens; i++)
        {
            ids.Add(Next(ids));
        }

        return ids[prompt.Count..];
    }

    public IDecoderSequence? TryOpen(int promptTokens, int newTokens)
    {
        lock (_gate)
        {
            int tokens = promptTokens + newTokens;
            if (_reserved + tokens > capacity)
            {
                return null;
            }

            _reserved += tokens;
            OpenSequences++;
            Opened++;
            return new Sequence(this, tokens);
        }
    }

    public void Step(IReadOnlyList<DecoderInput> inputs)
    {
        BeforeStep?.Invoke(inputs);
        Assert.NotEmpty(inputs);
        Assert.Equal(inputs.Count, inputs.Select(input => input.Sequence).Distinct().Count());
        foreach (DecoderInput input in inputs)
        {
            Sequence sequence = (Sequence)input.Sequence;
            sequence.Append(input.Tokens.Span);
            if (!input.Logits.IsEmpty)
            {
                Assert.Equal(Vocabulary, input.Logits.Length);
                int next = Next(sequence.Ids);
                for (int i = 0; i < Vocabulary; i++)
                {
                    input.Logits.Span[i] = i == next ? 3 : (i * 7 % 11) / 8f;
                }
            }
        }
    }

    public void Dispose()
    {
        Assert.Equal(0, OpenSequences);
        Disposed = true;
    }

    /// <summary>Text of each token: a letter for its id.</summary>
    internal sealed class Letters : ITextStream
    {
        public static string Text(IEnumerable<int> ids) => string.Concat(ids.Select(id => (char)('A' + id)));

        public string? Step(int id) => Text([id]);

        public string? Flush() => null;
    }

    private sealed class Sequence(FakeBackend backend, int room) : IDecoderSequence
    {
        private int _room = room;
        private bool _closed;

        public List<int> Ids { get; } = [];

        public int Length => Ids.Count;

        public bool TryMakeRoom(int tokens)
        {
            lock (backend._gate)
            {
                Assert.False(_closed);
                int more = Math.Max(0, tokens - _room);
                if (more > backend.Capacity.FreeTokens)
                {
                    return false;
                }

                _room += more;
                backend._reserved += more;
                return true;
            }
        }

        public void Append(ReadOnlySpan<int> ids)
        {
            Assert.False(_closed);
            Ids.AddRange(ids);
            Assert.True(Ids.Count <= _room);
        }

        public void Dispose()
        {
            lock (backend._gate)
            {
                if (!_closed)
                {
                    _closed = true;
                    backend._reserved -= _room;
                    backend.OpenSequences--;
                }
            }
        }
    }
}
