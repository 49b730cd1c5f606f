using System.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>A tokenizer that a trainer has made: to use at once, or to save as Hugging Face's files.</summary>
public sealed class TrainedTokenizer
{
    private readonly TokenizerParts _parts;
    private readonly TrainedModel _model;
    private readonly (int Id, string Content)[] _specialTokens;
    private readonly Lazy<Tokenizer> _tokenizer;

    internal TrainedTokenizer(TokenizerParts parts, IReadOnlyList<string> specialTokens, TrainedModel model)
    {
        _parts = parts;
        _model = model;

        // Those that the vocabulary has no room for are numbered after it.
        int next = model.Ids.Count;
        _specialTokens = [.. specialTokens.Distinct(StringComparer.Ordinal)
            .Select(token => (model.Ids.TryGetValue(token, out int id) ? id : next++, token))
            .OrderBy(token => token.Item1)];
        _tokenizer = new Lazy<Tokenizer>(() => Tokenizer.Parse(ToJson()));
    }

    /// <summary>The tokenizer itself.</summary>
    public Tokenizer Tokenizer => _tokenizer.Value;

    /// <summary>The tokens of the model and their ids.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _model.Ids;

    /// <summary>The content of the <c>tokenizer.json</c> (UTF-8).</summary>
    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Writes the <c>tokenizer.json</c>.</summary>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(stream, json =>
        {
            json.BeginObject();
            json.Name("version").String("1.0");
            json.Name("truncation").Null();
            json.Name("padding").Null();
            json.Name("added_tokens").BeginArray();
            foreach ((int id, string content) in _specialTokens)
            {
                json.BeginObject();
                json.Name("id").Number(id);
                WriteToken(json, content);
                json.EndObject();
            }

            json.EndArray();
            json.Name("normalizer").Node(_parts.Normalizer);
            json.Name("pre_tokenizer").Node(_parts.PreTokenizer);
            json.Name("post_processor").Node(_parts.PostProcessor);
            json.Name("decoder").Node(_parts.Decoder);
            json.Name("model");
            _model.Write(json);
            json.EndObject();
        });
    }

    /// <summary>Saves the <c>tokenizer.json</c>; a file of that name is replaced as a whole.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Replace(path, WriteTo);
    }

    /// <summary>
    /// Saves <c>tokenizer.json</c> and <c>tokenizer_config.json</c> in a folder, which is made where it is missing; that is
    /// what <c>AutoTokenizer.from_pretrained</c> reads.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">What the second file says.</param>
    /// <exception cref="ArgumentException">The config names a token that the tokenizer does not have.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void SaveFolder(string folder, TokenizerConfig config)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(config);
        foreach ((string name, string token) in config.Tokens())
        {
            bool isKnown = _model.Ids.ContainsKey(token) || _specialTokens.Any(special => special.Content == token);
            TrainerOptions.Require(isKnown, name, token, "a token of the trained vocabulary");
        }

        Directory.CreateDirectory(folder);
        Save(Path.Combine(folder, "tokenizer.json"));
        Replace(Path.Combine(folder, "tokenizer_config.json"), stream => WriteConfig(stream, config));
    }

    private void WriteConfig(Stream stream, TokenizerConfig config) => Write(stream, json =>
    {
        json.BeginObject();
        json.Name("added_tokens_decoder").BeginObject();
        foreach ((int id, string content) in _specialTokens)
        {
            json.Name(id.ToString(System.Globalization.CultureInfo.InvariantCulture)).BeginObject();
            WriteToken(json, content);
            json.EndObject();
        }

        json.EndObject();
        foreach ((string name, string token) in config.Tokens())
        {
            json.Name(name).String(token);
        }

        if (config.ChatTemplate is not null)
        {
            json.Name("chat_template").String(config.ChatTemplate);
        }

        json.Name("clean_up_tokenization_spaces").Boolean(false);
        if (config.ModelMaxLength is int length)
        {
            json.Name("model_max_length").Number(length);
        }

        json.Name("tokenizer_class").String("PreTrainedTokenizerFast");
        json.EndObject();
    });

    private static void WriteToken(HuggingFaceJson json, string content)
    {
        json.Name("content").String(content);
        json.Name("single_word").Boolean(false);
        json.Name("lstrip").Boolean(false);
        json.Name("rstrip").Boolean(false);
        json.Name("normalized").Boolean(false);
        json.Name("special").Boolean(true);
    }

    private static void Write(Stream stream, Action<HuggingFaceJson> write)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 1 << 15, leaveOpen: true);
        write(new HuggingFaceJson(writer));
    }

    // Nobody finds half a file, not even after a crash.
    private static void Replace(string path, Action<Stream> write)
    {
        string part = path + ".part";
        try
        {
            using (FileStream stream = File.Create(part))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
