using System.Collections.Immutable;
using System.Text.Json;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Hub.Adapters;

/// <summary>
/// Which modules an adapter changes, by PEFT's rules: <c>target_modules</c> is one regular expression over the whole name,
/// or a list of names of which one must be the name or its end behind a dot; <c>exclude_modules</c> likewise takes away;
/// <c>layers_to_transform</c> keeps some layers, whose number follows <c>layers_pattern</c>.
/// </summary>
internal sealed class TargetModules
{
    private const string AllLinear = "all-linear";
    private const int MaxNames = 16_384;

    private readonly Names _targets;
    private readonly Names? _excluded;
    private readonly ImmutableHashSet<int>? _layers;
    private readonly ImmutableArray<NamePattern> _layerNumbers;

    private TargetModules(Names targets, Names? excluded, ImmutableHashSet<int>? layers, ImmutableArray<NamePattern> layerNumbers) =>
        (_targets, _excluded, _layers, _layerNumbers) = (targets, excluded, layers, layerNumbers);

    /// <exception cref="InvalidModelFileException">A key is missing or wrong.</exception>
    public static TargetModules From(ModelConfig config)
    {
        Names targets = Names.Find(config, "target_modules")
            ?? throw new InvalidModelFileException(config.Path, "target_modules", null, "the names of the modules that the adapter changes");
        ImmutableArray<int> layers = config.FindInt32s("layers_to_transform");
        return new TargetModules(
            targets,
            Names.Find(config, "exclude_modules"),
            layers.IsEmpty ? null : [.. layers],
            layers.IsEmpty ? [] : LayerNumbers(config));
    }

    public bool Match(string module)
    {
        if (_excluded?.Match(module) == true)
        {
            return false;
        }

        // A full name, or a pattern, says exactly which module is meant; layers are chosen among short names only.
        return _targets.IsExact(module) || (_targets.Match(module) && (_layers is null || LayerOf(module) is { } layer && _layers.Contains(layer)));
    }

    private int? LayerOf(string module)
    {
        foreach (NamePattern pattern in _layerNumbers)
        {
            if (pattern.FindNumber(module) is { } layer)
            {
                return layer;
            }
        }

        return null;
    }

    private static ImmutableArray<NamePattern> LayerNumbers(ModelConfig config)
    {
        const string Key = "layers_pattern";
        ImmutableArray<string> names = !config.TryGet(Key, out JsonElement value) ? []
            : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
            : config.FindStrings(Key);
        return names.All(name => name.Length == 0)
            ? [new NamePattern(config, Key, "[^.]*")]
            : [.. names.Select(name => new NamePattern(config, Key, name))];
    }

    /// <summary>A list of names, or one pattern.</summary>
    private sealed class Names(ImmutableHashSet<string> list, NamePattern? pattern, bool allLinear)
    {
        private static readonly string[] LinearNames = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

        public static Names? Find(ModelConfig config, string key)
        {
            if (!config.TryGet(key, out JsonElement value))
            {
                return null;
            }

            if (value.ValueKind == JsonValueKind.String)
            {
                string text = value.GetString()!;
                return text == AllLinear ? new Names([], null, allLinear: true) : new Names([], new NamePattern(config, key, text), allLinear: false);
            }

            ImmutableArray<string> names = config.FindStrings(key);
            return names.IsEmpty ? null
                : names.Length <= MaxNames ? new Names([.. names], null, allLinear: false)
                : throw config.Invalid(key, $"at most {MaxNames} names");
        }

        public bool IsExact(string module) => list.Contains(module) || pattern?.MatchesWhole(module) == true;

        public bool Match(string module)
        {
            if (allLinear)
            {
                return module != LlamaModules.OutputHead && LinearNames.Contains(module[(module.LastIndexOf('.') + 1)..]);
            }

            if (IsExact(module))
            {
                return true;
            }

            // The ends of the name behind each dot, instead of every name of the list.
            for (int dot = module.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = module.IndexOf('.', dot + 1))
            {
                if (list.Contains(module[(dot + 1)..]))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
